"""Everything stored about a run and its data that a report tells; reads, and measures nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from kgrec_core.config import TrainSettings, checked
from kgrec_core.contracts import IndexArray
from kgrec_core.data.profile import DatasetProfile, dataset_profile
from kgrec_core.data.report import Problem
from kgrec_core.errors import ArtifactError
from kgrec_core.evaluation.protocol import EvaluationResult
from kgrec_core.graph.statistics import GraphStatistics, graph_statistics
from kgrec_core.pipeline.ablation import modality_switches
from kgrec_core.pipeline.benchmarking import kept_benchmarks
from kgrec_core.pipeline.building import NO_TEXT, ensure_graph
from kgrec_core.pipeline.evaluating import BASELINES, kept_baselines
from kgrec_core.pipeline.inputs import MODELS_WITH_TEXT
from kgrec_core.pipeline.kg_signal import kept_signal
from kgrec_core.pipeline.loaded_run import LoadedRun
from kgrec_core.pipeline.long_tail import LongTailCurve, kept_long_tail
from kgrec_core.pipeline.run_files import METRICS_NAME, read_evaluation
from kgrec_core.pipeline.signal_result import SignalResult
from kgrec_core.recommender.registry import settings_class
from kgrec_core.report.groups import GroupTable, user_groups
from kgrec_core.report.kept_quality import Quality, kept_quality
from kgrec_core.report.measured import Benchmarks, chosen_benchmarks
from kgrec_core.report.sources import Source, sources_of
from kgrec_core.storage.artifacts import read_json
from kgrec_core.storage.records import RunRecord
from kgrec_core.storage.workspace import Workspace

__all__ = ["Findings", "SplitCounts", "read_findings"]

MODELS_WITH: dict[str, tuple[str, ...]] = {
    "graph": (*MODELS_WITH_TEXT, "kgat"),
    "text": MODELS_WITH_TEXT,
}


@dataclass(frozen=True)
class SplitCounts:
    """Interactions per part, and who and what the model has never seen."""

    train: int
    validation: int
    test: int
    n_cold_users: int
    n_cold_items: int


@dataclass(frozen=True)
class Findings:
    """What is known about a run; None stands for "not measured".

    Attributes:
        record: as listed; the name of its data set is the present one.
        settings: as trained.
        libraries: versions at training.
        device: that it was trained on.
        profile: the data in numbers.
        problems: what was refused or altered at import.
        graph: the whole graph in numbers.
        n_hidden_links: links that were kept from the model, because only held-out pairs state them.
        split: sizes of the parts.
        evaluation: the run on its test part.
        baselines: simple models on the same test part.
        benchmarks: the latest ones that speak about this run.
        signal: test of the graph.
        long_tail: what holding popular items back does.
        quality: measures of the explanations.
        groups: accuracy by group of users.
        sources: the files that all this was read from.
        fitted: what the fit chose on the validation part; empty where a model chooses nothing.
    """

    record: RunRecord
    settings: TrainSettings
    libraries: dict[str, str]
    device: str
    profile: DatasetProfile
    problems: tuple[Problem, ...]
    graph: GraphStatistics
    n_hidden_links: int
    split: SplitCounts
    evaluation: EvaluationResult | None = None
    baselines: dict[str, EvaluationResult] = field(default_factory=dict)
    benchmarks: Benchmarks = field(default_factory=Benchmarks)
    signal: SignalResult | None = None
    long_tail: LongTailCurve | None = None
    quality: Quality | None = None
    groups: GroupTable | None = None
    sources: tuple[Source, ...] = ()
    fitted: dict[str, Any] = field(default_factory=dict)

    @property
    def k(self) -> int:
        """Length of the longest list that was measured; 20 when none was."""
        return max(self.evaluation.ks) if self.evaluation else 20

    def uses(self, part: Literal["graph", "text"]) -> bool:
        """True when the model of the run can use a part of the data, and was let to."""
        if self.settings.model not in MODELS_WITH[part]:
            return False
        if part == "text" and self.settings.text_model == NO_TEXT:
            return False
        values = checked(settings_class(self.settings.model), self.settings.model_settings)
        return bool(values.model_dump().get(f"use_{part}", True))

    def reads(self, part: Literal["graph", "text"]) -> bool:
        """True when the model uses a part of the data and there is something of it."""
        there = self.graph.n_triples if part == "graph" else self.profile.share_with_text
        return bool(there) and self.uses(part)

    @property
    def has_switches(self) -> bool:
        """True when parts of the model can be switched off to see what they bring."""
        return bool(modality_switches(self.settings.model))

    @property
    def metric(self) -> str:
        """The metric that comparisons are made on: NDCG of the longest list."""
        return f"ndcg@{self.k}"


def read_findings(workspace: Workspace, run: LoadedRun) -> Findings:
    """Read all that is stored about a loaded run.

    Raises:
        ArtifactError: the run, its graph or its data set is missing or damaged.
    """
    record = run.record
    folder = workspace.run_folder(record.run_id)
    manifest = _manifest(read_json(folder / "manifest.json"))
    evaluation = read_evaluation(folder / METRICS_NAME)
    graph = ensure_graph(workspace, record.dataset_fingerprint)
    split = run.split
    known = split.fitting()
    return Findings(
        record=record,
        settings=run.settings,
        libraries=manifest["libraries"],
        device=manifest["device"],
        profile=dataset_profile(run.dataset),
        problems=tuple(workspace.load_problems(record.dataset_fingerprint)),
        graph=graph_statistics(graph),
        n_hidden_links=graph.n_triples - run.graph.n_triples,
        split=SplitCounts(
            len(split.train),
            len(split.validation),
            len(split.test),
            int(split.cold_users().sum()),
            int(split.cold_items().sum()),
        ),
        evaluation=evaluation,
        baselines=_same_users(evaluation, kept_baselines(workspace, record.run_id, BASELINES)),
        benchmarks=chosen_benchmarks(
            kept_benchmarks(workspace, record.dataset_fingerprint), run.settings
        ),
        signal=kept_signal(workspace, record.dataset_fingerprint),
        long_tail=kept_long_tail(workspace, record.run_id),
        quality=kept_quality(workspace, record.run_id),
        groups=_groups(evaluation, known.user_counts(), run),
        sources=sources_of(workspace, record),
        fitted=_fitted(run),
    )


def _fitted(run: LoadedRun) -> dict[str, Any]:
    found = run.recommender.state().settings.get("parameters", {})
    return dict(found) if isinstance(found, dict) else {}


def _manifest(values: dict[str, Any]) -> dict[str, Any]:
    try:
        libraries = {str(name): str(number) for name, number in values["libraries"].items()}
        return {"libraries": libraries, "device": str(values["device"])}
    except (KeyError, AttributeError) as error:
        raise ArtifactError(
            f"The manifest of the run does not tell its versions ({error}). Train again."
        ) from None


def _same_users(
    own: EvaluationResult | None, others: dict[str, EvaluationResult]
) -> dict[str, EvaluationResult]:
    """Baselines over the same test users; others cannot be compared."""
    if own is None:
        return {}
    return {
        name: other
        for name, other in others.items()
        if np.array_equal(own.user_indices, other.user_indices)
    }


def _groups(
    evaluation: EvaluationResult | None, counts: IndexArray, run: LoadedRun
) -> GroupTable | None:
    if evaluation is None:
        return None
    metric = f"ndcg@{max(evaluation.ks)}"
    return user_groups(evaluation, counts, run.inputs.data.side, metric)
