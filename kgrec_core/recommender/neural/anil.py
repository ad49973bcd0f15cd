"""ANIL: users as tasks; item vectors are shared, only a user's head is adapted, by gradient.

With item vectors v_i (learned, text and graph parts added up) and biases b_i, a user's head w
scores w . v_i + b_i. The inner loop starts at a common head w_0 and takes a few steps up the
log-likelihood of the k items S that are known of the user under a softmax over all items,

    w <- w + rate * (sum_{i in S} v_i - k sum_i p_i(w) v_i) / (k + caution)

with a learned rate per dimension (Li et al., "Meta-SGD", 2017) and a learned caution that keeps
short histories close to w_0. The outer loop differentiates through these steps (Finn et al.,
"MAML", 2017; Raghu et al., "Rapid learning or feature reuse?", 2020) and is judged by how well
the adapted head finds the rest of the history.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from kgrec_core.config import checked
from kgrec_core.contracts import FloatArray, IndexArray
from kgrec_core.data.interactions import Interactions
from kgrec_core.device import pick_device
from kgrec_core.recommender.contract import RecommenderState, TrainingData, UserEvidence
from kgrec_core.recommender.neural.episodes import Episodes, Padded, draw_episodes, padded
from kgrec_core.recommender.neural.item_content import ItemContent, item_content
from kgrec_core.recommender.neural.network import Network
from kgrec_core.recommender.neural.opaque import NeuralRecommender
from kgrec_core.recommender.neural.settings import AnilSettings
from kgrec_core.recommender.neural.tensors import (
    LOWEST,
    Arrays,
    Parameters,
    dropout,
    glorot,
    small_normal,
    with_new_items,
)
from kgrec_core.recommender.neural.training import user_batches
from kgrec_core.recommender.neural.validation import Bench, all_evidence, shortened

if TYPE_CHECKING:
    import torch

__all__ = ["AnilNetwork", "AnilRecommender", "adapted_heads"]

MOST_SCORES = 4_000_000
"""Users times items in memory at once."""
SHOTS = 10


def adapted_heads(
    parameters: Parameters,
    vectors: torch.Tensor,
    support: Padded,
    n_steps: int,
    n_rivals: int | None = None,
) -> torch.Tensor:
    """The inner loop; see the formula of this module.

    Args:
        parameters: "head" (dim,), "log_rate" (dim,), "log_caution" (), "item_bias" (n_items,).
        vectors: of all items, (n_items, dim).
        support: what is known of b users.
        n_steps: gradient steps.
        n_rivals: the softmax is over so many first items; None for all.

    Returns:
        One head per user, (b, dim); the common head for users of whom nothing is known.
    """
    import torch

    mask = support.mask.to(vectors.dtype)
    n_known = mask.sum(dim=1, keepdim=True)
    known = (vectors[support.items] * mask[:, :, None]).sum(dim=1)  # (b, dim)
    scale = parameters["log_rate"].exp() / (n_known + parameters["log_caution"].exp())
    heads = parameters["head"].expand(mask.shape[0], -1)
    rivals, bias = vectors[:n_rivals], parameters["item_bias"][:n_rivals]
    for _ in range(n_steps):
        chances = torch.softmax(heads @ rivals.T + bias, dim=1)
        heads = heads + scale * (known - n_known * (chances @ rivals))
    return heads


class AnilNetwork:
    """The outer loop, and scoring by the inner one.

    Items after the first `n_old_items` are new: no head is adapted against them, so the scores of
    all others stay as they were.
    """

    def __init__(
        self,
        settings: AnilSettings,
        content: ItemContent,
        known: Interactions,
        *,
        n_old_items: int,
    ) -> None:
        self.settings = settings
        self.content = content
        self.known = known
        self.n_old_items = n_old_items

    @cached_property
    def histories(self) -> list[IndexArray]:
        """Items of each user, n_users arrays int64."""
        return [user.item_indices for user in all_evidence(self.known)]

    def initial(self, rng: np.random.Generator) -> Arrays:
        """Small item vectors, a head near zero, log popularity as bias."""
        dim, content = self.settings.embedding_dim, self.content
        counts = self.known.item_counts().astype(np.float32)
        return {
            "item": small_normal(rng, content.n_items, dim),
            "entity": small_normal(rng, content.n_rows, dim),
            "text": glorot(rng, content.texts.shape[1], dim),
            "item_bias": np.log((counts + 1.0) / (counts.mean() + 1.0)).astype(np.float32),
            "head": small_normal(rng, dim),
            "log_rate": np.zeros(dim, dtype=np.float32),
            "log_caution": np.ones(1, dtype=np.float32),
        }

    def losses(
        self, parameters: Parameters, rng: np.random.Generator, generator: torch.Generator
    ) -> Iterator[torch.Tensor]:
        """Mean negative log-likelihood of the query items, batch by batch."""
        users = np.flatnonzero(self.known.user_counts()).astype(np.int64)
        most_users = max(1, MOST_SCORES // max(self.content.n_items, 1))
        for batch in user_batches(users, min(self.settings.batch_users, most_users), rng):
            episodes = draw_episodes(
                [self.histories[user] for user in batch],
                few_shot_share=self.settings.few_shot_share,
                most_known=self.content.n_items,
                most_wanted=self.content.n_items,
                rng=rng,
                device=self.content.texts.device,
            )
            yield self._loss(parameters, episodes, generator)

    def _loss(
        self, parameters: Parameters, episodes: Episodes, generator: torch.Generator
    ) -> torch.Tensor:
        import torch

        vectors = self.vectors(parameters, generator)
        heads = adapted_heads(parameters, vectors, episodes.support, self.settings.n_steps)
        logits = heads @ vectors.T + parameters["item_bias"]
        support, query = episodes.support, episodes.query
        known = torch.zeros_like(logits).scatter_add(1, support.items, support.mask.to(logits))
        chances = torch.log_softmax(logits.masked_fill(known > 0, LOWEST), dim=1)
        mask = query.mask.to(logits)
        found = (chances.gather(1, query.items) * mask).sum(dim=1)
        return -(found / mask.sum(dim=1)).mean()

    def vectors(
        self, parameters: Parameters, generator: torch.Generator | None = None
    ) -> torch.Tensor:
        """Vectors of all items, (n_items, dim)."""
        import torch

        content, settings = self.content, self.settings
        items = torch.arange(content.n_items, device=content.texts.device)
        own = dropout(parameters["item"], settings.item_dropout, generator, rows=True)
        graph = content.graph_vectors(parameters["entity"], items)
        text = content.texts.to(own.dtype) @ parameters["text"]
        return dropout(own + graph + text, settings.dropout, generator)

    def scorer(self, parameters: Parameters) -> AnilScorer:
        """Item vectors made once."""
        vectors, n_steps = self.vectors(parameters), self.settings.n_steps
        return AnilScorer(parameters, vectors, n_steps, self.n_old_items)

    def extended(self, arrays: Arrays) -> Arrays:
        """New items have no vector of their own and the mean bias."""
        return with_new_items(arrays, self.content.n_items)


class AnilScorer:
    """Adapts a head to each user's evidence and scores all items with it."""

    def __init__(
        self, parameters: Parameters, vectors: torch.Tensor, n_steps: int, n_rivals: int
    ) -> None:
        self._parameters = parameters
        self._vectors = vectors
        self._n_steps = n_steps
        self._n_rivals = n_rivals

    @property
    def bias(self) -> FloatArray:
        """Item biases, float32 (n_items,)."""
        return self._parameters["item_bias"].cpu().numpy().astype(np.float32)

    def scores(self, users: Sequence[UserEvidence]) -> FloatArray:
        """Scores after the inner loop, float32 (n_users, n_items)."""
        n_items = self._vectors.shape[0]
        scores = np.empty((len(users), n_items), dtype=np.float32)
        step = max(1, MOST_SCORES // max(n_items, 1))
        for start in range(0, len(users), step):
            batch = users[start : start + step]
            support = padded([user.item_indices for user in batch], self._vectors.device)
            heads = adapted_heads(
                self._parameters, self._vectors, support, self._n_steps, self._n_rivals
            )
            found = heads @ self._vectors.T + self._parameters["item_bias"]
            scores[start : start + step] = found.cpu().numpy()
        return scores


class AnilRecommender(NeuralRecommender[AnilSettings]):
    """Few-shot users by gradient-based meta-learning; reads no user ids."""

    name = "anil"
    _n_old_items: int | None = None

    def _network(self, data: TrainingData, known: Interactions) -> Network:
        content = item_content(data, self.settings.n_neighbors, pick_device())
        n_old = self._n_old_items or data.graph.n_items
        return AnilNetwork(self.settings, content, known, n_old_items=n_old)

    def _benches(self, data: TrainingData, rng: np.random.Generator) -> list[Bench]:
        """The users as they are, and the same as newcomers with up to ten items."""
        benches = super()._benches(data, rng)
        short = [
            Bench(shortened(bench.users, SHOTS, rng), bench.seen, bench.relevant, bench.k)
            for bench in benches
        ]
        return benches + short

    @classmethod
    def from_state(cls, state: RecommenderState, data: TrainingData) -> AnilRecommender:
        """Bring a fitted model back; items that `data` has more speak by text and links."""
        recommender = cls(checked(AnilSettings, state.settings["settings"]))
        recommender._n_old_items = int(state.arrays["item"].shape[0])
        recommender._restore(state, data)
        return recommender
