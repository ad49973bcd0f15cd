"""What may be asked of a job: one checked class per kind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from kgrec_core.config import TrainSettings, checked
from kgrec_core.data.mapping import Mapping
from kgrec_core.embedding.kg_embedding import KgeSettings
from kgrec_core.errors import ConfigError
from kgrec_core.pipeline.benchmark_settings import BenchmarkSettings
from kgrec_core.pipeline.explain_quality.settings import QualitySettings
from kgrec_core.pipeline.kg_signal import SignalSettings
from kgrec_core.pipeline.long_tail import STRENGTHS
from kgrec_core.pipeline.tuning import TuningSettings
from kgrec_core.report.choices import ReportChoices
from kgrec_core.saved_settings import read_settings
from kgrec_core.storage.records import JobRecord

__all__ = [
    "JOB_KINDS",
    "BenchmarkPayload",
    "EmbedPayload",
    "EvaluatePayload",
    "ExplainQualityPayload",
    "GraphPayload",
    "ImportPayload",
    "LongTailPayload",
    "ReportPayload",
    "SignalPayload",
    "TrainPayload",
    "TunePayload",
    "checked_payload",
    "saved_payload",
]


class _Payload(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ImportPayload(_Payload):
    """Read files and save them as a data set; the result is that of `kgrec import`.

    Attributes:
        path: folder, file or archive; must stay there until the job is over.
        name: name of the data set; None takes that of the mapping or of the path.
        format: "auto" or one of the known formats.
        mapping: how columns are read; None guesses.
    """

    path: Path
    name: str | None = None
    format: str = "auto"
    mapping: Mapping | None = None

    @field_validator("path")
    @classmethod
    def _from_anywhere(cls, path: Path) -> Path:
        return path.absolute()


class GraphPayload(_Payload):
    """Build the graph of a data set (name or fingerprint); the result is {"graph", "counts"}."""

    dataset: str


class TrainPayload(_Payload):
    """Train on a data set (name or fingerprint); the result is that of `kgrec train`."""

    dataset: str
    settings: TrainSettings = TrainSettings()


class ReportPayload(_Payload):
    """Write the report of a run, kept beside it; the result is that of `kgrec report`.

    Attributes:
        run: run id.
        choices: users, parts, lengths.
        pdf: print it too.
    """

    run: str
    choices: ReportChoices = ReportChoices()
    pdf: bool = False


class EmbedPayload(_Payload):
    """Learn vectors of the entities of a data set's graph; the result is that of `graph embed`.

    Attributes:
        dataset: name or fingerprint.
        settings: how they are learned, checked by `KgeSettings`.
        held_out_share: share of the links that are hidden to measure the vectors.
    """

    dataset: str
    settings: KgeSettings = KgeSettings()
    held_out_share: float = Field(default=0.1, gt=0, lt=1)


class EvaluatePayload(_Payload):
    """Measure a run and baselines on its test part; both are kept beside the run.

    Attributes:
        run: run id.
        ks: cutoffs.
        baselines: registry names of models to compare with; may be empty.
    """

    run: str
    ks: tuple[int, ...] = (10, 20)
    baselines: tuple[str, ...] = ()


class BenchmarkPayload(_Payload):
    """Measure models on a data set (name or fingerprint); the report is kept beside the data.

    The result is {"dataset", "fingerprint", "report"}: the report as JSON.
    """

    dataset: str
    settings: BenchmarkSettings = BenchmarkSettings()


class TunePayload(_Payload):
    """Search the settings of a model; the result is that of `kept_tunings`.

    Attributes:
        dataset: name or fingerprint.
        settings: model, split, text model and seed; its model settings stay fixed.
        tuning: the budget.
    """

    dataset: str
    settings: TrainSettings = TrainSettings()
    tuning: TuningSettings = TuningSettings()


class SignalPayload(_Payload):
    """Test the knowledge graph of a data set (name or fingerprint); kept beside the data."""

    dataset: str
    settings: SignalSettings = SignalSettings()


class LongTailPayload(_Payload):
    """Measure what holding popular items back does to a fusion run; kept beside the run.

    Attributes:
        run: run id.
        strengths: of holding back, each in [0, 1].
    """

    run: str
    strengths: tuple[float, ...] = STRENGTHS


class ExplainQualityPayload(_Payload):
    """Measure the explanations of a run; twins and report are kept inside its folder.

    The result is {"run", "n_missed"}.

    Attributes:
        run: run id.
        settings: how much is measured.
    """

    run: str
    settings: QualitySettings = QualitySettings()


JOB_KINDS: dict[str, type[_Payload]] = {
    "import": ImportPayload,
    "graph": GraphPayload,
    "train": TrainPayload,
    "report": ReportPayload,
    "evaluate": EvaluatePayload,
    "benchmark": BenchmarkPayload,
    "tune": TunePayload,
    "signal": SignalPayload,
    "embed": EmbedPayload,
    "long-tail": LongTailPayload,
    "explain-quality": ExplainQualityPayload,
}


def checked_payload(kind: str, values: dict[str, Any]) -> BaseModel:
    """The payload of a job, with defaults filled in.

    Raises:
        ConfigError: the kind is unknown or a value breaks its rule.
    """
    if kind not in JOB_KINDS:
        raise ConfigError(f"'kind' must be one of {', '.join(JOB_KINDS)} in 'submit' (got {kind}).")
    return checked(JOB_KINDS[kind], values)


def saved_payload(job: JobRecord) -> BaseModel:
    """The payload of a job that is listed already, perhaps by an older version.

    Raises:
        ConfigError: this version has no jobs of the kind.
        ArtifactError: the payload is of a later version, or holds what is not known.
    """
    if job.kind not in JOB_KINDS:
        raise ConfigError(
            f"There is no work for jobs of the kind '{job.kind}'; this version of kgrec has "
            f"{', '.join(JOB_KINDS)}."
        )
    return read_settings(
        JOB_KINDS[job.kind], f"job {job.kind}", job.payload, f"the job {job.job_id}"
    )
