"""The additive fusion recommender: content as prior, behavior as correction, every term named."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from kgrec_core.contracts import FloatArray, OnProgress, Progress, no_progress
from kgrec_core.data.interactions import Interactions
from kgrec_core.errors import ConfigError, MissingStepError
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.recommender.channels.channel import Channel
from kgrec_core.recommender.channels.link_builder import embedding_channel
from kgrec_core.recommender.cold_gate import choose_cold_gates, with_cold_items
from kgrec_core.recommender.contract import (
    PairExplanation,
    RecommenderState,
    TrainingData,
    UserEvidence,
)
from kgrec_core.recommender.fusion_channels import fit_channels, lacks_vectors
from kgrec_core.recommender.fusion_explain import explain, explain_many
from kgrec_core.recommender.fusion_fitting import (
    ContentKernels,
    content_kernels,
    fit_core,
    fit_gates,
    gated,
    with_long_tail,
)
from kgrec_core.recommender.fusion_model import FusionModel
from kgrec_core.recommender.fusion_muting import links_by_relation, muted_model
from kgrec_core.recommender.fusion_settings import FitParameters, FusionSettings
from kgrec_core.recommender.fusion_state import model_from_state, state_of
from kgrec_core.recommender.muting import NOT_SAVED, Muted
from kgrec_core.recommender.search import search
from kgrec_core.recommender.similarity_choice import choose_similarity
from kgrec_core.recommender.text_choice import choose_texts, refit_texts

__all__ = ["FusionRecommender"]

BATCH = 256
HELD_OUT = 0.1
NEWCOMERS = 0.1
MAX_NEWCOMERS = 400
FEWEST_USERS = 100
"""With fewer users all of them are needed to fit on."""
FEWEST_TO_HOLD_OUT = 3
"""A history gives up a choice for the comparison of settings only when it has so many."""


class FusionRecommender:
    """Graph, text, behavior and people in one exact sum; see `FusionModel` for the formula."""

    name = "fusion"

    def __init__(self, settings: FusionSettings) -> None:
        self.settings = settings
        self._model: FusionModel | None = None
        self._graph: KnowledgeGraph | None = None
        self._muted = Muted()

    @property
    def model(self) -> FusionModel:
        """The fitted model.

        Raises:
            MissingStepError: `fit` was not called.
        """
        if self._model is None:
            raise MissingStepError("The fusion model has to be fitted before it can score.")
        return self._model

    @property
    def graph(self) -> KnowledgeGraph:
        """The graph that the model was fitted on.

        Raises:
            MissingStepError: `fit` was not called.
        """
        if self._graph is None:
            raise MissingStepError("The fusion model has to be fitted before it knows a graph.")
        return self._graph

    @property
    def n_items(self) -> int:
        """Items that can be scored."""
        return self.model.n_items

    def fit(
        self, data: TrainingData, *, rng: np.random.Generator, on_progress: OnProgress = no_progress
    ) -> dict[str, float]:
        """Choose on the validation part, then fit on train and validation together.

        Without a validation part a tenth of each longer history serves as one.
        """
        on_progress(Progress("Preparing content kernels", 0, 1, {}))
        kernels = content_kernels(data, self.settings)
        further = _linked_channels(data, self.settings, rng, on_progress)
        on_progress(Progress("Preparing content kernels", 1, 1, {}))
        trial = data if len(data.validation) else _with_validation(data, rng)
        trial, newcomers = _without_newcomers(trial, rng)
        kernels = choose_texts(trial, kernels, self.settings, rng, on_progress)
        parameters, metrics = self._chosen(trial, newcomers, kernels, further, rng, on_progress)
        on_progress(Progress("Fitting on all known interactions", 0, 1, metrics))
        self._model = self._final(data, kernels, further, parameters, rng, on_progress)
        self._graph, self._muted = data.graph, Muted()
        on_progress(Progress("Fitting on all known interactions", 1, 1, metrics))
        return metrics

    def score(self, users: Sequence[UserEvidence]) -> FloatArray:
        """Scores of all items for each user, float32 (n_users, n_items)."""
        parts = [
            self.model.score(users[start : start + BATCH]) for start in range(0, len(users), BATCH)
        ]
        return np.concatenate(parts) if parts else np.zeros((0, self.n_items), dtype=np.float32)

    def explain(self, user: UserEvidence, item_index: int) -> PairExplanation:
        """The same score as `score`, as named contributions."""
        return explain(self.model, user, item_index)

    def explain_many(
        self, user: UserEvidence, item_indices: Sequence[int]
    ) -> list[PairExplanation]:
        """Several items of one user, who is scored once."""
        return explain_many(self.model, user, item_indices)

    def _chosen(
        self,
        data: TrainingData,
        newcomers: Interactions,
        kernels: ContentKernels,
        further: Sequence[Channel],
        rng: np.random.Generator,
        on_progress: OnProgress,
    ) -> tuple[FitParameters, dict[str, float]]:
        """Parameters, gates and cold gates that are best on the validation part."""
        result = search(data, self.settings, kernels.all, rng=rng, on_progress=on_progress)
        parameters, metrics = result.parameters, dict(result.metrics)
        if not len(data.validation):
            return parameters, metrics
        parameters = choose_similarity(data, parameters, self.settings, rng)
        core = fit_core(data.train, kernels, parameters, self.settings, data.text_vectors)
        if lacks_vectors(data.train, self.settings):
            metrics["too large for item vectors"] = 1.0
        on_progress(Progress("Weighing further evidence", 0, 2, metrics))
        channels, parameters = fit_channels(
            data, data.train, self.settings, parameters, rng, on_progress, further=further
        )
        parameters, value = fit_gates(
            data, newcomers, core, channels, parameters, self.settings, rng
        )
        metrics["validation ndcg"] = value
        on_progress(Progress("Weighing further evidence", 1, 2, metrics))
        model = dataclasses.replace(core, channels=gated(channels, parameters))
        parameters = choose_cold_gates(data, model, parameters, self.settings, rng)
        on_progress(Progress("Weighing further evidence", 2, 2, metrics))
        return parameters, metrics

    def _final(
        self,
        data: TrainingData,
        kernels: ContentKernels,
        further: Sequence[Channel],
        parameters: FitParameters,
        rng: np.random.Generator,
        on_progress: OnProgress,
    ) -> FusionModel:
        known = data.known() if self.settings.refit else data.train
        kernels = refit_texts(data, known, kernels, self.settings, rng)
        core = fit_core(known, kernels, parameters, self.settings, data.text_vectors)
        channels, _ = fit_channels(
            data, known, self.settings, parameters, rng, on_progress, further=further
        )
        model = dataclasses.replace(core, channels=gated(channels, parameters))
        model = with_long_tail(model, known, self.settings.long_tail)
        return with_cold_items(model, known.item_counts(), parameters)

    def muted(self, muted: Muted) -> FusionRecommender:
        """The same model without these parts, beside those that are muted already.

        Raises:
            UnknownIdError: the graph has no such relation or triple.
        """
        whole = self.model.whole or self.model
        changed = FusionRecommender(self.settings)
        changed._graph, changed._muted = self.graph, self._muted.joined(muted)
        changed._model = muted_model(whole, changed._muted, self.graph)
        return changed

    def links_by_relation(self) -> dict[str, int]:
        """Links that paths can travel along, counted by relation id, muted ones left out."""
        return links_by_relation(self.model, self.graph)

    def state(self) -> RecommenderState:
        """Settings, chosen parameters and arrays; graph kernels are rebuilt from the graph.

        Raises:
            ConfigError: parts are muted.
        """
        if not self._muted.is_empty:
            raise ConfigError(NOT_SAVED)
        return state_of(self.model, self.settings)

    @classmethod
    def from_state(cls, state: RecommenderState, data: TrainingData) -> FusionRecommender:
        """Bring a fitted model back.

        `data` may hold more items at the end than the model was fitted on: they are cold items.
        """
        settings, model = model_from_state(state, data)
        recommender = cls(settings)
        recommender._model, recommender._graph = model, data.graph
        return recommender


def _linked_channels(
    data: TrainingData,
    settings: FusionSettings,
    rng: np.random.Generator,
    on_progress: OnProgress,
) -> tuple[Channel, ...]:
    """Channels of the links alone: fitted once, since no interaction plays a part in them."""
    if not settings.use_embedding:
        return ()
    channel = embedding_channel(data.graph, settings.kg_model, rng, on_progress)
    return () if channel is None else (channel,)


def _with_validation(data: TrainingData, rng: np.random.Generator) -> TrainingData:
    """A tenth of each history of three or more items moved to the validation part."""
    train: Interactions = data.train
    counts = train.user_counts()
    order = np.lexsort((rng.random(len(train)), train.user_indices))
    owners = train.user_indices[order]
    within = np.arange(len(train)) - (np.cumsum(counts) - counts)[owners]
    n_held = np.where(counts >= FEWEST_TO_HOLD_OUT, np.ceil(counts * HELD_OUT), 0)
    is_held = np.zeros(len(train), dtype=bool)
    is_held[order] = within < n_held[owners]
    return dataclasses.replace(data, train=train.select(~is_held), validation=train.select(is_held))


def _without_newcomers(
    data: TrainingData, rng: np.random.Generator
) -> tuple[TrainingData, Interactions]:
    """A tenth of the users set aside whole, to see how well short histories are read."""
    counts = data.known().user_counts()
    users = np.flatnonzero(counts)
    n_newcomers = min(MAX_NEWCOMERS, int(NEWCOMERS * users.size))
    if users.size < FEWEST_USERS:
        n_newcomers = 0
    chosen = rng.choice(users, n_newcomers, replace=False)
    train, validation = data.train, data.validation
    apart = np.isin(train.user_indices, chosen), np.isin(validation.user_indices, chosen)
    newcomers = train.select(apart[0]).joined(validation.select(apart[1]))
    kept = dataclasses.replace(
        data, train=train.select(~apart[0]), validation=validation.select(~apart[1])
    )
    return kept, newcomers
