"""The additive fusion recommender: content as prior, behavior as correction, every term named."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp

from kgrec_core.config import checked
from kgrec_core.contracts import (
    BoolArray,
    FloatArray,
    OnProgress,
    Progress,
    no_progress,
)
from kgrec_core.data.interactions import Interactions
from kgrec_core.errors import MissingStepError
from kgrec_core.recommender.attention import Attention
from kgrec_core.recommender.cold_gate import DEFAULT_GATE, choose_cold_gate
from kgrec_core.recommender.contract import (
    PairExplanation,
    RecommenderState,
    TrainingData,
    UserEvidence,
)
from kgrec_core.recommender.fusion_explain import explain
from kgrec_core.recommender.fusion_model import FusionModel
from kgrec_core.recommender.fusion_settings import FitParameters, FusionSettings
from kgrec_core.recommender.graph_kernels import graph_kernels
from kgrec_core.recommender.kernels import IncidenceKernel, NeighborKernel
from kgrec_core.recommender.posterior import Correction, solve
from kgrec_core.recommender.search import is_searchable, search
from kgrec_core.recommender.text_kernel import TEXT_KERNEL, extended_text_kernel, text_kernel
from kgrec_core.recommender.validation import popularity

__all__ = ["FusionRecommender"]

UNIT_USERS = 500
"""About so many users are enough to know how large a score gets."""
BATCH = 256


class FusionRecommender:
    """Graph, text and behavior in one exact sum; see `FusionModel` for the formula."""

    name = "fusion"

    def __init__(self, settings: FusionSettings) -> None:
        self.settings = settings
        self._model: FusionModel | None = None

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
    def n_items(self) -> int:
        """Items that can be scored."""
        return self.model.n_items

    def fit(
        self, data: TrainingData, *, rng: np.random.Generator, on_progress: OnProgress = no_progress
    ) -> dict[str, float]:
        """Search on the validation part, then fit on train and validation together."""
        on_progress(Progress("Preparing content kernels", 0, 2, {}))
        graph, text = self._kernels(data)
        on_progress(Progress("Preparing content kernels", 2, 2, {}))
        kernels = (*graph, *((text,) if text else ()))
        result = search(data, self.settings, kernels, rng=rng, on_progress=on_progress)
        on_progress(Progress("Fitting on all known interactions", 0, 1, result.metrics))
        self._model = self._final(data, graph, text, result.parameters, rng)
        on_progress(Progress("Fitting on all known interactions", 1, 1, result.metrics))
        return result.metrics

    def score(self, users: Sequence[UserEvidence]) -> FloatArray:
        """Scores of all items for each user, float32 (n_users, n_items)."""
        parts = [
            self.model.score(users[start : start + BATCH]) for start in range(0, len(users), BATCH)
        ]
        return np.concatenate(parts) if parts else np.zeros((0, self.n_items), dtype=np.float32)

    def explain(self, user: UserEvidence, item_index: int) -> PairExplanation:
        """The same score as `score`, as named contributions."""
        return explain(self.model, user, item_index)

    def _kernels(
        self, data: TrainingData
    ) -> tuple[tuple[IncidenceKernel | NeighborKernel, ...], NeighborKernel | None]:
        graph = tuple(graph_kernels(data.graph)) if self.settings.use_graph else ()
        has_text = self.settings.use_text and bool(np.any(data.text_vectors))
        text = text_kernel(data.text_vectors, self.settings.text_neighbors) if has_text else None
        return graph, text

    def _final(
        self,
        data: TrainingData,
        graph: tuple[IncidenceKernel | NeighborKernel, ...],
        text: NeighborKernel | None,
        parameters: FitParameters,
        rng: np.random.Generator,
    ) -> FusionModel:
        def fit(known: Interactions) -> FusionModel:
            return self._fitted(known, graph, text, parameters, data.text_vectors)

        gate = DEFAULT_GATE
        if is_searchable(data, self.settings):
            k, loss = self.settings.selection_k, self.settings.cold_item_cost
            gate = choose_cold_gate(data, fit, k=k, accepted_loss=loss, rng=rng)
        return dataclasses.replace(fit(data.known()), cold_gate=gate)

    def _fitted(
        self,
        known: Interactions,
        graph: tuple[IncidenceKernel | NeighborKernel, ...],
        text: NeighborKernel | None,
        parameters: FitParameters,
        text_vectors: FloatArray,
    ) -> FusionModel:
        """The model of some interactions under chosen parameters, with cold gate 1."""
        attention = Attention.of(parameters, known)
        matrix = attention.matrix(known)
        is_cold: BoolArray = known.item_counts() == 0
        correction = None
        if self.settings.use_collaborative:
            kernels = (*graph, *((text,) if text else ()))
            weights = [parameters.relation_weights.get(kernel.name, 0.0) for kernel in kernels]
            correction = solve(matrix, parameters).correction(kernels, weights)
            _silence(correction, is_cold)
        silent = np.zeros(is_cold.size, dtype=np.float32)
        model = FusionModel(attention, graph, text, correction, silent, is_cold, 1.0, text_vectors)
        unit = parameters.bias_weight * _typical_largest_score(model, matrix)
        return dataclasses.replace(model, bias=popularity(known) * np.float32(unit))

    def state(self) -> RecommenderState:
        """Settings, chosen parameters and arrays; graph kernels are rebuilt from the graph."""
        model = self.model
        arrays: dict[str, np.ndarray] = {
            "item_scale": model.attention.item_scale,
            "bias": model.bias,
            "is_cold": model.is_cold.astype(np.uint8),
        }
        if model.correction is not None:
            arrays["correction.left"] = model.correction.left
            if model.correction.right is not None:
                arrays["correction.right"] = model.correction.right
        if model.text is not None:
            arrays["text.indptr"] = model.text.columns.indptr.astype(np.int64)
            arrays["text.indices"] = model.text.columns.indices.astype(np.int32)
            arrays["text.data"] = model.text.columns.data
            arrays["text.sums"] = model.text.sums
        settings = {
            "settings": self.settings.model_dump(),
            "parameters": model.attention.parameters.model_dump(),
            "mean_weight": model.attention.mean_weight,
            "cold_gate": model.cold_gate,
        }
        return RecommenderState(settings, arrays)

    @classmethod
    def from_state(cls, state: RecommenderState, data: TrainingData) -> FusionRecommender:
        """Bring a fitted model back.

        `data` may hold more items at the end than the model was fitted on: they are cold items.
        """
        settings = checked(FusionSettings, state.settings["settings"])
        arrays, n_items = state.arrays, data.graph.n_items
        extra = n_items - arrays["bias"].size
        attention = Attention(
            checked(FitParameters, state.settings["parameters"]),
            np.pad(arrays["item_scale"], (0, extra), constant_values=1.0),
            float(state.settings["mean_weight"]),
        )
        correction = None
        if "correction.left" in arrays:
            found = Correction(arrays["correction.left"], arrays.get("correction.right"))
            correction = found.extended(n_items)
        text = _saved_text_kernel(arrays)
        if text is not None:
            text = extended_text_kernel(text, data.text_vectors, settings.text_neighbors)
        recommender = cls(settings)
        recommender._model = FusionModel(
            attention,
            tuple(graph_kernels(data.graph)) if settings.use_graph else (),
            text,
            correction,
            np.pad(arrays["bias"], (0, extra)),
            np.pad(arrays["is_cold"].astype(bool), (0, extra), constant_values=True),
            float(state.settings["cold_gate"]),
            data.text_vectors,
        )
        return recommender


def _silence(correction: Correction, is_cold: BoolArray) -> None:
    """Behavior says nothing about items without behavior: not even that nobody wants them."""
    target = correction.left if correction.right is None else correction.right
    target[:, is_cold] = 0.0


def _typical_largest_score(model: FusionModel, matrix: sp.csr_array) -> float:
    """Mean over known users of the largest score of an unseen item; 1 when there is none."""
    part = matrix[:: max(1, matrix.shape[0] // UNIT_USERS)]
    content = model.content_of_items(np.ascontiguousarray(part.toarray(), dtype=np.float32))
    whole = content + (model.correction.apply(part) if model.correction is not None else 0.0)
    whole = whole * model.target_scale
    whole[part.nonzero()] = 0.0
    return float(whole.max(axis=1, initial=0.0).mean()) or 1.0


def _saved_text_kernel(arrays: dict[str, np.ndarray]) -> NeighborKernel | None:
    if "text.indptr" not in arrays:
        return None
    n_items = arrays["text.indptr"].size - 1
    columns = sp.csr_array(
        (arrays["text.data"], arrays["text.indices"], arrays["text.indptr"]),
        shape=(n_items, n_items),
    )
    no_triples = np.full(columns.nnz, -1, dtype=np.int64)
    return NeighborKernel(TEXT_KERNEL, columns, arrays["text.sums"], no_triples)
