"""Measures the explanations of a run and keeps the report beside it."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from kgrec_core.contracts import IndexArray, OnProgress, Progress, no_progress
from kgrec_core.errors import ArtifactError, MissingStepError
from kgrec_core.pipeline.explain_quality.judging import comparisons, measures
from kgrec_core.pipeline.explain_quality.observing import observe
from kgrec_core.pipeline.explain_quality.parts import KeptParts, parts_folder
from kgrec_core.pipeline.explain_quality.peer import PeerStudy, ensure_peer, peer_study
from kgrec_core.pipeline.explain_quality.report import QualityReport
from kgrec_core.pipeline.explain_quality.sampling import draw_sample
from kgrec_core.pipeline.explain_quality.settings import QualitySettings
from kgrec_core.pipeline.loaded_run import LoadedRun, load_run
from kgrec_core.pipeline.seed_twins import SeedTwins, make_twins, twins
from kgrec_core.rng import make_rng
from kgrec_core.storage.artifacts import read_json, write_json
from kgrec_core.storage.workspace import Workspace

__all__ = ["kept_quality", "measure_quality", "quality_of"]

REPORT_NAME = "explain-quality.json"
AskPeer = Callable[[IndexArray, np.random.Generator], PeerStudy]


def measure_quality(
    workspace: Workspace,
    run_id: str,
    settings: QualitySettings | None = None,
    *,
    on_progress: OnProgress = no_progress,
) -> QualityReport:
    """Fit twins and peer where they are missing, measure, and keep the report beside the run.

    Stopped at any moment, finished fits and users stay: the next call with the same settings goes
    on where this one stopped and gives the report that it would have given.

    Args:
        workspace: where the run is.
        run_id: of any model; measures that it cannot have are left out.
        settings: how much is measured.
        on_progress: hears about every stage; may raise `CancelledError`.

    Raises:
        ArtifactError: the run or its data is missing or damaged.
        MissingStepError: the run has no user with a history.
        UnknownIdError: there is no such run.
    """
    chosen = settings or QualitySettings()
    record = workspace.resolve_run(run_id)
    folder = workspace.run_folder(record.run_id)
    on_progress(Progress("Loading the run", 0, 0, {}))
    run = load_run(workspace, record.run_id)
    if chosen.twins:
        seeds: SeedTwins | None = make_twins(workspace, record.run_id, on_progress=on_progress)
    else:
        seeds = twins(workspace, record.run_id, run=run)
    choices = {"settings": chosen.model_dump(mode="json"), "has_twins": seeds is not None}
    parts = KeptParts(parts_folder(folder, record, choices))
    ask: AskPeer | None = None
    if chosen.peer:
        peer = ensure_peer(run, folder, on_progress)

        def ask(users: IndexArray, rng: np.random.Generator) -> PeerStudy:
            return peer_study(run, peer, users, chosen, rng, parts=parts, on_progress=on_progress)

    report = quality_of(run, chosen, seeds, ask, parts=parts, on_progress=on_progress)
    write_json(folder / REPORT_NAME, report.to_json())
    parts.forget()
    return report


def kept_quality(workspace: Workspace, run_id: str) -> QualityReport | None:
    """What `measure_quality` kept beside the run; None when there is none that can be read."""
    path = workspace.run_folder(workspace.resolve_run(run_id).run_id) / REPORT_NAME
    try:
        return QualityReport.from_json(read_json(path))
    except (ArtifactError, KeyError, TypeError, ValueError):
        return None


def quality_of(
    run: LoadedRun,
    settings: QualitySettings,
    seeds: SeedTwins | None = None,
    ask_peer: AskPeer | None = None,
    *,
    parts: KeptParts | None = None,
    on_progress: OnProgress = no_progress,
) -> QualityReport:
    """Measure a loaded run.

    Args:
        run: as loaded.
        settings: how much is measured.
        seeds: the run and its twins; None leaves out what needs them.
        ask_peer: explains from outside for some users; None leaves that out.
        parts: where finished users are kept; None keeps nothing.
        on_progress: hears about each user.

    Raises:
        MissingStepError: nobody has a history.
    """
    rng = make_rng(settings.seed)
    sample = draw_sample(run, settings.n_users, rng)
    if not sample.warm.size:
        raise MissingStepError("Nobody in this run has a history, so nothing can be explained.")
    kept = parts or KeptParts()
    observed, counted = observe(
        run, settings, seeds, sample, rng, parts=kept, on_progress=on_progress
    )
    start = time.perf_counter()
    study = ask_peer(sample.warm[: settings.n_peer_users], rng) if ask_peer else None
    on_progress(Progress("Drawing intervals", 0, 1, {}))
    single, compared = measures(observed, settings.k, rng), comparisons(observed, settings.k, rng)
    return QualityReport(
        run_id=run.record.run_id,
        model=run.record.model,
        settings=settings.model_dump(mode="json"),
        n_users=int(sample.warm.size),
        n_pairs=counted.n_pairs,
        n_deep=counted.n_deep,
        seconds=counted.seconds + time.perf_counter() - start,
        measures=single,
        comparisons=compared,
        methods=study.rows if study else (),
        worth=seeds.worth if seeds else None,
        peer_overlap=study.overlap if study else None,
    )
