"""Which channels a fusion model has on given data, and fitting them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from kgrec_core.contracts import OnProgress
from kgrec_core.data.interactions import Interactions
from kgrec_core.embedding.item_vectors import ItemVectorSettings
from kgrec_core.recommender.channels.builders import (
    attribute_channel,
    factor_channel,
    friend_channel,
    learned_listener,
    neighbor_channel,
    transition_channel,
    vector_channel,
)
from kgrec_core.recommender.channels.channel import Channel, LowRankKernel
from kgrec_core.recommender.channels.few_shots import few_shot_channel
from kgrec_core.recommender.contract import TrainingData
from kgrec_core.recommender.fusion_settings import FitParameters, FusionSettings
from kgrec_core.recommender.neighbors import Similarity
from kgrec_core.recommender.search import has_regression

__all__ = ["fit_channels", "lacks_vectors", "similarity_of"]

LARGEST_LEARNED = 60_000_000
"""Users times items up to which item vectors are learned: each pass scores all of them."""
MOST_SHAPING_LINKS = 1_000_000
"""Links up to which the graph shapes item vectors: each step passes along all of them."""
MOST_SHAPED_CHOICES = 50
"""Mean length of histories up to which it does, and up to which all choices share a source. On data
sets with 9 to 37 choices per user that made lists better or as good, on one with 106 it only took
as long again."""
N_NEIGHBORS = 200


def fit_channels(
    data: TrainingData,
    known: Interactions,
    settings: FusionSettings,
    parameters: FitParameters,
    rng: np.random.Generator,
    on_progress: OnProgress,
    *,
    further: Sequence[Channel] = (),
) -> tuple[list[Channel], FitParameters]:
    """The channels that are switched on and have something to say.

    Args:
        data: supplies friends and attributes, and the validation part when `known` is the
            training part: then the passes of the item vectors are chosen on it.
        known: interactions to fit on.
        settings: what is switched on.
        parameters: passes of the item vectors, similarity of neighbors.
        rng: seeds the item vectors.
        on_progress: hears about their passes.
        further: channels that do not depend on `known`.

    Returns:
        The channels, and the parameters with the passes that were best.
    """
    found: list[Channel | None] = [*further]
    if settings.use_collaborative and len(known):
        found += _of_histories(known, settings, parameters)
        if settings.use_vectors and _is_learnable(known):
            channel, n_epochs = _learned(data, known, settings, parameters, rng, on_progress)
            parameters = parameters.model_copy(update={"vector_epochs": max(1, n_epochs)})
            found.append(channel)
    if data.side is not None:
        if settings.use_social:
            found.append(friend_channel(known, data.side.friends))
        if settings.use_attributes:
            found.append(attribute_channel(known, data.side.attributes))
    return [channel for channel in found if channel is not None], parameters


def _learned(
    data: TrainingData,
    known: Interactions,
    settings: FusionSettings,
    parameters: FitParameters,
    rng: np.random.Generator,
    on_progress: OnProgress,
) -> tuple[Channel, int]:
    """Item vectors, from histories alone or shaped by links and texts as well."""
    is_short = _has_short_histories(data)
    has_content = settings.graph_vectors and is_short
    graph = data.graph if has_content and settings.use_graph else None
    if graph is not None and not 0 < graph.n_triples <= MOST_SHAPING_LINKS:
        graph = None
    texts = data.text_vectors if has_content and settings.use_text else None
    if texts is not None and not np.any(texts):
        texts = None
    vectors = ItemVectorSettings(
        use_graph=graph is not None, use_text=texts is not None, has_common_source=is_short
    )
    choosing = data.validation if known is data.train and len(data.validation) else None
    if choosing is None:
        vectors = vectors.model_copy(update={"epochs": parameters.vector_epochs})
    channel, n_epochs = vector_channel(known, choosing, (graph, texts), vectors, rng, on_progress)
    kernel = channel.kernel
    if not settings.use_attention and isinstance(kernel, LowRankKernel):
        even = learned_listener(np.zeros(known.n_items, dtype=np.float32), kernel.source)
        channel = dataclasses.replace(channel, listener=even)
    return channel, n_epochs


def _of_histories(
    known: Interactions, settings: FusionSettings, parameters: FitParameters
) -> list[Channel | None]:
    """Channels that only count: neighbors, order, few shots, and factors of large data."""
    found: list[Channel | None] = []
    is_large = not has_regression(known)
    if settings.use_neighbors or is_large:
        found.append(neighbor_channel(known, similarity_of(parameters.similarity)))
    if is_large:
        found.append(factor_channel(known))
    if settings.use_order:
        decay = parameters.order_decay if settings.use_attention else 1.0
        found.append(transition_channel(known, decay))
    if settings.use_few_shots:
        found.append(few_shot_channel(known))
    return found


def similarity_of(values: tuple[float, float, float, float]) -> Similarity:
    """The neighbor kernel with given exponents (user, source, target) and shrinkage."""
    return Similarity(*values, N_NEIGHBORS)


def _is_learnable(known: Interactions) -> bool:
    """True when item vectors have something to learn from and do not take too long."""
    return not _is_huge(known) and bool((known.user_counts() >= 2).any())


def _has_short_histories(data: TrainingData) -> bool:
    """Judged by all that is known, so that the choice of settings and the last fit agree."""
    counts = data.known().user_counts()
    return bool(counts.sum() <= MOST_SHAPED_CHOICES * np.count_nonzero(counts))


def _is_huge(known: Interactions) -> bool:
    return known.n_users * known.n_items > LARGEST_LEARNED


def lacks_vectors(known: Interactions, settings: FusionSettings) -> bool:
    """True where item vectors are wanted and left out, since learning them would take hours."""
    return settings.use_vectors and settings.use_collaborative and _is_huge(known)
