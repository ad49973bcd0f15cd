"""A fitted run with its data, ready to recommend and explain for known users and newcomers."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kgrec_core.config import TrainSettings
from kgrec_core.contracts import FloatArray, IndexArray, TextEncoder
from kgrec_core.data.dataset import Dataset
from kgrec_core.data.split import Split
from kgrec_core.errors import ConfigError, UnknownIdError
from kgrec_core.evaluation.ranking import top_k
from kgrec_core.explanation.names import Names
from kgrec_core.explanation.what_if import Change, WhatIf, what_if
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.pipeline.building import open_text_encoder
from kgrec_core.pipeline.evaluating import run_settings
from kgrec_core.pipeline.feedback import disliked_items, like_weight_of
from kgrec_core.pipeline.histories import Histories, ranker
from kgrec_core.pipeline.inputs import RunInputs, prepare_inputs, text_model_of
from kgrec_core.pipeline.known_ids import KnownIds
from kgrec_core.pipeline.new_items import (
    NewItemForm,
    append_items,
    append_to_graph,
    append_to_split,
)
from kgrec_core.pipeline.run_files import read_recommender
from kgrec_core.recommender.contract import (
    PairExplanation,
    Recommender,
    TrainingData,
    UserEvidence,
)
from kgrec_core.recommender.fusion import FusionRecommender
from kgrec_core.recommender.muting import Muted, mute
from kgrec_core.recommender.registry import restore_recommender
from kgrec_core.storage.records import RunRecord
from kgrec_core.storage.workspace import Workspace

__all__ = ["LoadedRun", "NewItemForm", "Recommendations", "load_run"]

DEFAULT_RANKED = 20


@dataclass(frozen=True)
class Recommendations:
    """The best items for one user, best first; fewer than asked for when the catalog ends.

    Attributes:
        item_indices: int64 (n,), n <= k.
        scores: float32 (n,), not increasing.
    """

    item_indices: IndexArray
    scores: FloatArray


@dataclass(frozen=True)
class LoadedRun:
    """Everything that answers questions about one run; only read, so threads may share it.

    Attributes:
        record: as listed.
        settings: as trained.
        inputs: data set, split and graph; the indices of all answers refer to these.
        recommender: the fitted model.
        encoder: turns stated words into vectors; None when the run does not read texts.
    """

    record: RunRecord
    settings: TrainSettings
    inputs: RunInputs
    recommender: Recommender
    encoder: TextEncoder | None

    @property
    def dataset(self) -> Dataset:
        """The data, with new items at the end where there are any."""
        return self.inputs.dataset

    @property
    def graph(self) -> KnowledgeGraph:
        """The graph that the model was fitted on; `triple_indices` of paths are rows of it."""
        return self.inputs.graph

    @property
    def split(self) -> Split:
        """What was fitted, chosen and tested on."""
        return self.inputs.split

    @property
    def text_vectors(self) -> FloatArray:
        """Unit vectors of the item texts, float32 (n_items, dim)."""
        return self.inputs.data.text_vectors

    @cached_property
    def names(self) -> Names:
        """Ids and labels for the wording of explanations."""
        dataset = self.dataset
        return Names(
            self.graph,
            dataset.items.ids,
            dataset.users.ids,
            self.inputs.data.side,
            tuple(dataset.user_labels),
        )

    @cached_property
    def histories(self) -> Histories:
        """What each user did in training and validation."""
        return Histories(self.split.fitting(), self.inputs.data.side)

    @cached_property
    def like_weight(self) -> float:
        """Weight of a stated like: what the upper quarter of the known weights starts with."""
        return like_weight_of(self.split.fitting())

    def evidence_of(self, user_index: int) -> UserEvidence:
        """The training and validation history of a known user."""
        return self.histories.evidence(user_index)

    def newcomer(
        self,
        likes: Sequence[str] = (),
        entities: Sequence[str] = (),
        tags: Sequence[str] = (),
        texts: Sequence[str] = (),
        friends: Sequence[str] = (),
        attributes: Sequence[str] = (),
    ) -> UserEvidence:
        """Evidence of somebody who is not in the data.

        Args:
            likes: item ids.
            entities: entity ids; the entity of an item counts as a like of it.
            tags: names of tags.
            texts: a few words each; empty ones are left out.
            friends: ids of users.
            attributes: labels of user attributes, such as "occupation: writer".

        Raises:
            UnknownIdError: an id, tag or attribute is unknown; the text names near ones.
            ConfigError: words are given and the run does not read texts.
        """
        known = KnownIds(self.dataset, self.graph, self.inputs.data.side)
        found = known.evidence(likes, entities, tags, friends, attributes, weight=self.like_weight)
        words = tuple(text.strip() for text in texts if text.strip())
        return dataclasses.replace(found, text_vectors=self._encoded(words), texts=words)

    def recommend(self, evidence: UserEvidence, k: int) -> Recommendations:
        """The `k` best items for a user, without what they know or have said not to like.

        Raises:
            ConfigError: `k` is below 1.
        """
        scores = self.recommender.score([evidence])
        left_out = np.union1d(evidence.item_indices, self.disliked_by(evidence.user_index))
        ranked = top_k(scores, [left_out], k)[0]
        ranked = ranked[ranked >= 0]
        return Recommendations(ranked, scores[0, ranked])

    def disliked_by(self, user_index: int) -> IndexArray:
        """Items that a user disliked by the feedback that this run counts, int64 (n,)."""
        return self._dislikes.get(user_index, np.zeros(0, dtype=np.int64))

    @cached_property
    def _dislikes(self) -> dict[int, IndexArray]:
        return disliked_items(self.settings.feedback, self.dataset)

    def explain(self, evidence: UserEvidence, item_index: int) -> PairExplanation:
        """Why an item has its score for a user, as terms that add up to it.

        Raises:
            UnknownIdError: there is no item at `item_index`.
        """
        if not 0 <= item_index < self.recommender.n_items:
            raise UnknownIdError(f"There is no item at position {item_index} of this run.")
        return self.recommender.explain(evidence, item_index)

    def rank(self, user_indices: IndexArray, k: int = DEFAULT_RANKED) -> IndexArray:
        """Ranked items of many known users, int64 (b, k), -1 where a list is shorter."""
        return ranker(self.recommender, self.histories, k)(user_indices)

    def with_new_items(self, forms: Sequence[NewItemForm]) -> LoadedRun:
        """The same run with items that nobody has touched at the end of the catalog.

        Nothing is fitted again. The new items have the indices n_items, n_items + 1, ...; other
        entities move up in the graph, so evidence has to be made anew by the returned run.

        Raises:
            ConfigError: a label is empty.
            UnknownIdError: a linked entity is not in the graph.
        """
        dataset = append_items(self.dataset, forms)
        graph = append_to_graph(self.graph, dataset, forms)
        split = append_to_split(self.split, dataset.n_items)
        new_vectors = self._encoded(tuple(form.text.strip() for form in forms))
        vectors = np.concatenate([self.text_vectors, new_vectors])
        data = TrainingData(split.train, split.validation, graph, vectors, self.inputs.data.side)
        inputs = RunInputs(dataset, split, graph, self.inputs.full_graph_fingerprint, data)
        state = self.recommender.state()
        recommender = restore_recommender(self.record.model, state, data)
        return LoadedRun(self.record, self.settings, inputs, recommender, self.encoder)

    def muted(self, muted: Muted) -> LoadedRun:
        """The same run without parts of its scores; see `kgrec_core.recommender.muting`.

        Nothing is fitted again. To add new items as well, add them first.

        Raises:
            ConfigError: the model cannot switch them off.
            UnknownIdError: the graph has no such relation or triple.
        """
        if muted.is_empty:
            return self
        return dataclasses.replace(self, recommender=mute(self.recommender, muted))

    def what_if(self, evidence: UserEvidence, change: Change, k: int) -> WhatIf:
        """Lists before and after a change; see `kgrec_core.explanation.what_if`.

        Raises:
            ConfigError: the change breaks a rule, or it has words and the run reads no texts.
            UnknownIdError: an item, relation or triple is unknown.
        """
        return what_if(self.recommender, evidence, change, k, encode=self._encoded)

    def links_by_relation(self) -> dict[str, int]:
        """Relations that the model's paths can travel along, with their numbers of links.

        In graph order; empty for a model that does not tell its paths.
        """
        found = self.recommender
        return found.links_by_relation() if isinstance(found, FusionRecommender) else {}

    def _encoded(self, texts: tuple[str, ...]) -> FloatArray:
        dim = self.text_vectors.shape[1]
        if not any(texts):
            return np.zeros((len(texts), dim), dtype=np.float32)
        if self.encoder is None:
            raise ConfigError(
                f"The run {self.record.run_id} does not read texts, so words say nothing to it. "
                "Train the fusion model with a text model."
            )
        return self.encoder.encode(texts)


def load_run(workspace: Workspace, run_id: str) -> LoadedRun:
    """Bring a run back with everything it needs.

    Raises:
        UnknownIdError: there is no such run.
        ArtifactError: its folder or that of its data is missing or damaged.
    """
    record = workspace.resolve_run(run_id)
    settings = run_settings(record)
    inputs = prepare_inputs(workspace, record.dataset_fingerprint, settings)
    folder = workspace.run_folder(record.run_id)
    recommender = read_recommender(record.model, folder, inputs.data)
    encoder = open_text_encoder(text_model_of(settings))
    return LoadedRun(record, settings, inputs, recommender, encoder)
