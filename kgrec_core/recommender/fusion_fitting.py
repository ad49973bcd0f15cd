"""The steps of fitting a fusion model: kernels, core, gates, and how loud popular items are."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from kgrec_core.contracts import BoolArray, FloatArray
from kgrec_core.data.interactions import Interactions
from kgrec_core.embedding.text_adapter import TextAdapter
from kgrec_core.recommender.attention import Attention
from kgrec_core.recommender.channels.channel import Channel
from kgrec_core.recommender.channels.listeners import SurpriseListener
from kgrec_core.recommender.contract import TrainingData
from kgrec_core.recommender.evidence import Histories
from kgrec_core.recommender.fusion_model import FusionModel
from kgrec_core.recommender.fusion_settings import (
    FitParameters,
    FusionSettings,
    GateParameters,
)
from kgrec_core.recommender.gating import GatedChannel, choose_gates, gate_problems
from kgrec_core.recommender.graph_kernels import graph_kernels
from kgrec_core.recommender.kernels import IncidenceKernel
from kgrec_core.recommender.mixed_kernel import MixedKernel
from kgrec_core.recommender.neighbor_kernel import NeighborKernel
from kgrec_core.recommender.posterior import Correction, solve
from kgrec_core.recommender.search import has_regression
from kgrec_core.recommender.text_kernel import text_kernel
from kgrec_core.recommender.validation import popularity

__all__ = [
    "ContentKernels",
    "content_kernels",
    "fit_core",
    "fit_gates",
    "gated",
    "heard_through",
    "with_long_tail",
]

UNIT_USERS = 500
"""At most so many users are enough to know how large a score gets."""
GATE_SCORES = 40_000_000
"""Scores per channel that are looked at when gates are chosen: bounds the users drawn."""
FAST_GATE_SCORES = 2_500_000
"""The same where no search is wanted."""
SHORT_CHANNELS = ("few shots",)


@dataclass(frozen=True)
class ContentKernels:
    """What items say about each other by content: one kernel per relation, and the texts.

    Attributes:
        graph: one kernel per relation.
        text: of the nearest texts; None when texts are not used.
        adapter: through which texts are compared; None where they are compared as they are.
    """

    graph: tuple[IncidenceKernel | NeighborKernel, ...]
    text: NeighborKernel | None
    adapter: TextAdapter | None = None

    @property
    def all(self) -> tuple[IncidenceKernel | NeighborKernel, ...]:
        """Graph kernels, then the text kernel when there is one."""
        return self.graph + ((self.text,) if self.text else ())


def content_kernels(data: TrainingData, settings: FusionSettings) -> ContentKernels:
    """The kernels of the modalities that are switched on."""
    graph = tuple(graph_kernels(data.graph)) if settings.use_graph else ()
    has_text = settings.use_text and bool(np.any(data.text_vectors))
    text = text_kernel(data.text_vectors, settings.text_neighbors) if has_text else None
    return ContentKernels(graph, text)


def heard_through(
    kernels: ContentKernels,
    adapter: TextAdapter,
    text_vectors: FloatArray,
    settings: FusionSettings,
) -> ContentKernels:
    """The same kernels with texts compared through an adapter."""
    text = text_kernel(adapter.apply(text_vectors), settings.text_neighbors)
    return dataclasses.replace(kernels, text=text, adapter=adapter)


def fit_core(
    known: Interactions,
    kernels: ContentKernels,
    parameters: FitParameters,
    settings: FusionSettings,
    text_vectors: FloatArray,
) -> FusionModel:
    """Content and its correction by behavior, without channels; cold items at gate 1."""
    attention = Attention.of(parameters, known)
    matrix = attention.matrix(known)
    is_cold: BoolArray = known.item_counts() == 0
    weights = [parameters.relation_weights.get(kernel.name, 0.0) for kernel in kernels.all]
    mixed = MixedKernel(kernels.all, weights, known.n_items)
    correction = None
    if settings.use_collaborative and has_regression(known):
        correction = solve(matrix, parameters).correction((mixed,), (float(any(weights)),))
        _silence(correction, is_cold)
    silent = np.zeros(is_cold.size, dtype=np.float32)
    model = FusionModel(
        attention,
        kernels.graph,
        kernels.text,
        correction,
        silent,
        is_cold,
        1.0,
        text_vectors,
        adapter=kernels.adapter,
        mixed=mixed,
    )
    unit = parameters.bias_weight * _typical_largest_score(model, matrix)
    return dataclasses.replace(model, bias=popularity(known) * np.float32(unit))


def _silence(correction: Correction, is_cold: BoolArray) -> None:
    """Behavior says nothing about items without behavior: not even that nobody wants them."""
    target = correction.left if correction.right is None else correction.right
    target[:, is_cold] = 0.0


def _typical_largest_score(model: FusionModel, matrix: sp.csr_array) -> float:
    """Mean over known users of the largest score of an unseen item; 1 when there is none."""
    part = matrix[:: -(-matrix.shape[0] // UNIT_USERS)]
    whole = model.spread(part) * model.target_scale
    whole[part.nonzero()] = 0.0
    return float(whole.max(axis=1, initial=0.0).mean()) or 1.0


def gated(channels: list[Channel], parameters: FitParameters) -> tuple[GatedChannel, ...]:
    """Channels under their gates; silent ones are left out."""
    return tuple(
        GatedChannel(channel, parameters.gates[channel.name], _prior_of(channel))
        for channel in channels
        if channel.name in parameters.gates and parameters.gates[channel.name].weight > 0
    )


def _prior_of(channel: Channel) -> FloatArray | None:
    listener = channel.listener
    return listener.prior if isinstance(listener, SurpriseListener) else None


def fit_gates(
    data: TrainingData,
    newcomers: Interactions,
    core: FusionModel,
    channels: list[Channel],
    parameters: FitParameters,
    settings: FusionSettings,
    rng: np.random.Generator,
) -> tuple[FitParameters, float]:
    """Gates that are best on the validation part, and the NDCG there.

    Args:
        data: core and channels are fitted on its training part.
        newcomers: interactions of users who are not in it.
        core: without channels.
        channels: fitted channels.
        parameters: get the gates.
        settings: list length.
        rng: draws users and short histories.
    """
    n_scores = GATE_SCORES if settings.n_rounds else FAST_GATE_SCORES
    most = max(200, n_scores // max(data.train.n_items, 1))
    open_gates = [GatedChannel(channel, _OPEN, _prior_of(channel)) for channel in channels]
    problems = gate_problems(data, newcomers, core.score, open_gates, max_users=most, rng=rng)
    names = [channel.name for channel in channels]
    lasting = [name for name in names if name not in SHORT_CHANNELS]
    short = [name for name in names if name in SHORT_CHANNELS]
    gates, value = choose_gates(problems, lasting, short, settings.selection_k)
    return parameters.model_copy(update={"gates": gates}), value


_OPEN = GateParameters(weight=1.0)


def with_long_tail(model: FusionModel, known: Interactions, strength: float) -> FusionModel:
    """Hold popular items back: up to a whole typical largest score is taken off the bias.

    Args:
        model: fitted on `known`.
        known: supplies popularity.
        strength: share of the typical largest score that the most popular item loses, in [0, 1].
    """
    if not strength or not len(known):
        return model
    counts = known.item_counts()
    part = np.flatnonzero(known.user_counts())
    step = -(-part.size // UNIT_USERS)
    scores = model.score(Histories(known).all_of(part[::step]))
    scores[known.matrix()[part[::step]].nonzero()] = 0.0
    unit = float(scores.max(axis=1, initial=0.0).mean()) or 1.0
    share = (counts / max(int(counts.max()), 1)).astype(np.float32)
    return dataclasses.replace(model, bias=model.bias - np.float32(strength * unit) * share)
