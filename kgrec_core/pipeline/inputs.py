"""Everything a model is fitted on, made again in the same way from data and settings."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from kgrec_core.config import CountedFeedback, TrainSettings
from kgrec_core.contracts import OnProgress, no_progress
from kgrec_core.data.dataset import Dataset
from kgrec_core.data.split import Split
from kgrec_core.data.splitting import make_split
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.graph.leakage import training_graph
from kgrec_core.graph.user_side import user_side
from kgrec_core.pipeline.building import NO_TEXT, ensure_graph, ensure_text_vectors
from kgrec_core.pipeline.feedback import FeedbackUse, counted_split, graph_without
from kgrec_core.pipeline.measuring import StageClock
from kgrec_core.recommender.contract import TrainingData
from kgrec_core.storage.workspace import Workspace

__all__ = ["RunInputs", "inputs_of_split", "prepare_inputs", "text_model_of"]

MODELS_WITH_TEXT = ("fusion", "fusion-network", "anil")


@dataclass(frozen=True)
class RunInputs:
    """Data, split and graph of a run.

    Attributes:
        dataset: as imported.
        split: made from the settings; the same settings make the same split.
        graph: without tags that only held-out pairs state; its triples are what paths point at.
        full_graph_fingerprint: of the graph of the whole data set.
        data: what the model sees.
        feedback_use: what became of the feedback in the settings.
    """

    dataset: Dataset
    split: Split
    graph: KnowledgeGraph
    full_graph_fingerprint: str
    data: TrainingData
    feedback_use: FeedbackUse = field(default_factory=FeedbackUse)


def prepare_inputs(
    workspace: Workspace,
    dataset_fingerprint: str,
    settings: TrainSettings,
    *,
    on_progress: OnProgress = no_progress,
    clock: StageClock | None = None,
) -> RunInputs:
    """Load the data, split it, take or make graph and text vectors, and count the feedback.

    Raises:
        ArtifactError: the data set is missing or damaged.
        DataError: the data cannot be split as asked.
    """
    timed = clock or StageClock()
    with timed.stage("read"):
        dataset = workspace.load_dataset(dataset_fingerprint)
        split = make_split(dataset, settings.split)
    text_model = text_model_of(settings)
    inputs = inputs_of_split(
        workspace, dataset, split, text_model, on_progress=on_progress, clock=timed
    )
    return _with_feedback(inputs, settings.feedback)


def inputs_of_split(
    workspace: Workspace,
    dataset: Dataset,
    split: Split,
    text_model: str,
    *,
    on_progress: OnProgress = no_progress,
    clock: StageClock | None = None,
) -> RunInputs:
    """The same for a split that is there already; "none" as text model uses no texts."""
    timed = clock or StageClock()
    with timed.stage("graph"):
        full_graph = ensure_graph(workspace, dataset.fingerprint, on_progress)
        # Settings are chosen on the validation part, so it must not leak either.
        held_out = split.validation.joined(split.test)
        graph = training_graph(full_graph, dataset, held_out)
    with timed.stage("text"):
        vectors = ensure_text_vectors(workspace, dataset, text_model, on_progress)
    data = TrainingData(split.train, split.validation, graph, vectors, user_side(dataset))
    return RunInputs(dataset, split, graph, full_graph.fingerprint, data)


def _with_feedback(inputs: RunInputs, feedback: CountedFeedback) -> RunInputs:
    """The same inputs with what people said; what leaks is decided by the split before it."""
    if feedback.is_empty:
        return inputs
    split, use = counted_split(inputs.split, inputs.dataset, feedback)
    graph, n_blocked = graph_without(inputs.graph, feedback.blocked)
    data = replace(inputs.data, train=split.train, validation=split.validation, graph=graph)
    return replace(
        inputs,
        split=split,
        graph=graph,
        data=data,
        feedback_use=replace(use, n_blocked=n_blocked),
    )


def text_model_of(settings: TrainSettings) -> str:
    """The text model that the run really uses: baselines never read texts."""
    return settings.text_model if settings.model in MODELS_WITH_TEXT else NO_TEXT
