"""Fits the channels of a fusion model, and brings saved ones back."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy.sparse as sp

from kgrec_core.contracts import FloatArray, OnProgress, no_progress
from kgrec_core.data.interactions import Interactions
from kgrec_core.embedding.item_vectors import ItemVectorSettings
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.recommender.channels.channel import (
    Arrays,
    Channel,
    Listener,
    LowRankKernel,
    SparseKernel,
)
from kgrec_core.recommender.channels.listeners import (
    AttributeListener,
    EvenListener,
    FriendListener,
    LearnedListener,
    RecencyListener,
    SurpriseListener,
)
from kgrec_core.recommender.contract import Modality
from kgrec_core.recommender.neighbors import Similarity, nearest_items

__all__ = [
    "attribute_channel",
    "channel_from_arrays",
    "factor_channel",
    "friend_channel",
    "learned_listener",
    "neighbor_channel",
    "transition_channel",
    "vector_channel",
]

SMOOTH_RANK = 128
WINDOW = 3
"""Choices that count as following each other."""
STEP_DECAY = 0.5
BACKWARD = 0.3
"""What it counts that an item was chosen *before* another, against after it."""
LIFT_SHRINKAGE = 5.0


def vector_channel(
    known: Interactions,
    validation: Interactions | None,
    content: tuple[KnowledgeGraph | None, FloatArray | None],
    settings: ItemVectorSettings,
    rng: np.random.Generator,
    on_progress: OnProgress = no_progress,
) -> tuple[Channel, int]:
    """Learned item vectors, and the number of passes that were best on `validation`.

    Items that nobody has touched get zero vectors: what is carried over speaks about them.

    Args:
        known: interactions to fit on.
        validation: ends the fit; None takes all passes of `settings`.
        content: graph and text vectors that shape the vectors; None where they do not.
        settings: how vectors are learned.
        rng: everything random.
        on_progress: hears about each pass.
    """
    from kgrec_core.embedding.item_vector_training import fit_item_vectors

    graph, texts = content
    vectors = fit_item_vectors(
        known,
        graph,
        texts,
        validation=validation,
        rng=rng,
        settings=settings,
        on_progress=on_progress,
    )
    touched = (known.item_counts() > 0)[:, None]
    source = np.where(touched, vectors.source, 0.0).astype(np.float32)
    target = np.where(touched, vectors.target, 0.0).astype(np.float32)
    listener = learned_listener(vectors.log_attention, source)
    kernel = LowRankKernel(source, target)
    channel = Channel("vectors", "collaborative", listener, kernel, known.n_items)
    return channel, vectors.n_epochs


def learned_listener(log_attention: FloatArray, source: FloatArray) -> LearnedListener:
    """A listener with the weights that were learned along with `source`."""
    weighted = source * np.exp(log_attention)[:, None]
    return LearnedListener(log_attention, weighted.astype(np.float32))


def factor_channel(known: Interactions) -> Channel | None:
    """The smooth part of behavior: the strongest directions of the normalized 0/1 matrix.

    kernel(j, i) = d_j ** -1/2 <v_j, v_i> d_i ** 1/2 with V the leading right singular vectors of
    D_u ** -1/2 X D_i ** -1/2 (the ideal low-pass filter of Shen et al. 2021, "How powerful is graph
    convolution for recommendation?", equation 15).
    """
    rank = min(SMOOTH_RANK, min(known.n_users, known.n_items) - 1)
    if rank < 1 or not len(known):
        return None
    from sklearn.utils.extmath import randomized_svd

    matrix = known.matrix()
    matrix.data[:] = 1.0
    users = np.maximum(known.user_counts(), 1).astype(np.float32) ** -0.5
    counts = np.maximum(known.item_counts(), 1).astype(np.float32)
    scaled = sp.csr_matrix(matrix.multiply(users[:, None]).multiply(counts[None, :] ** -0.5))
    _, _, rows = randomized_svd(scaled, rank, n_iter=4, random_state=0)
    source = np.ascontiguousarray(rows.T * counts[:, None] ** -0.5, dtype=np.float32)
    target = np.ascontiguousarray(rows.T * counts[:, None] ** 0.5, dtype=np.float32)
    target[known.item_counts() == 0] = 0.0
    kernel = LowRankKernel(source, target)
    return Channel("factors", "collaborative", EvenListener(), kernel, known.n_items)


def neighbor_channel(known: Interactions, similarity: Similarity) -> Channel:
    """Nearest items by co-occurrence; the collaborative part where a regression is too large."""
    entries = sp.csr_array(nearest_items(known, similarity).T)
    kernel = SparseKernel(entries)
    return Channel("neighbors", "collaborative", EvenListener(), kernel, known.n_items)


def transition_channel(known: Interactions, decay: float) -> Channel | None:
    """What is chosen right after what (in a window of a few choices); None without times."""
    if not known.has_times:
        return None
    entries = _transitions(known)
    if not entries.nnz:
        return None
    return Channel(
        "order", "collaborative", RecencyListener(decay), SparseKernel(entries), known.n_items
    )


def _transitions(known: Interactions) -> sp.csr_array:
    """Counts of following each other, damped by both items' totals, (n_items, n_items)."""
    order = np.lexsort((known.times, known.user_indices))
    users, items = known.user_indices[order], known.item_indices[order]
    parts = []
    for gap in range(1, WINDOW + 1):
        same = np.flatnonzero(users[:-gap] == users[gap:])
        earlier, later = items[same], items[same + gap]
        weight = STEP_DECAY ** (gap - 1)
        parts.append((earlier, later, np.full(same.size, weight)))
        parts.append((later, earlier, np.full(same.size, BACKWARD * weight)))
    sources, targets, values = (np.concatenate(column) for column in zip(*parts, strict=True))
    shape = (known.n_items, known.n_items)
    counts = sp.csr_array((values, (sources, targets)), shape=shape)
    out, into = counts.sum(axis=1), counts.sum(axis=0)
    found = counts.tocoo()
    rows, columns = found.coords
    # Popular targets are damped less than popular sources: what follows is what is wanted.
    damped = found.data / (out[rows] ** 0.5 * into[columns] ** 0.3 + 1.0)
    return sp.csr_array((damped.astype(np.float32), (rows, columns)), shape=shape)


def friend_channel(known: Interactions, friends: sp.csr_array) -> Channel | None:
    """What friends chose, each choice of a long list counting less; None without friends."""
    if not friends.nnz:
        return None
    matrix = known.matrix()
    lengths = np.maximum(known.user_counts(), 1).astype(np.float32)
    matrix.data = np.repeat(lengths**-0.5, np.diff(matrix.indptr)).astype(np.float32)
    return Channel("friends", "social", FriendListener(), SparseKernel(matrix), known.n_users)


def attribute_channel(known: Interactions, attributes: sp.csr_array) -> Channel | None:
    """How much more often people with an attribute choose an item than others do.

    kernel(a, i) = log((n_ai + s p_i) / ((n_a + s) p_i)) * sqrt(p_i), with p_i the share of item i
    among all choices, n_ai the choices of i by people with a, n_a all their choices, and s a
    shrinkage towards no difference.
    """
    if not attributes.nnz or not len(known):
        return None
    matrix = known.matrix()
    matrix.data[:] = 1.0
    counts = np.asarray((attributes.T @ matrix).toarray(), dtype=np.float64)  # (n_attributes, n)
    totals = counts.sum(axis=1, keepdims=True)
    share = known.item_counts() / len(known)
    shrinkage = LIFT_SHRINKAGE * known.n_items
    touched = share > 0
    lift = np.zeros_like(counts)
    expected = (totals + shrinkage) * share[touched]
    lift[:, touched] = np.log((counts[:, touched] + shrinkage * share[touched]) / expected)
    kernel = LowRankKernel(
        np.eye(counts.shape[0], dtype=np.float32),
        np.ascontiguousarray((lift * np.sqrt(share)).T, dtype=np.float32),
    )
    listener = AttributeListener()
    return Channel("attributes", "attributes", listener, kernel, counts.shape[0])


_LISTENERS: dict[str, Callable[[Arrays], Listener]] = {
    "vectors": lambda arrays: LearnedListener(arrays["log_attention"], arrays["weighted"]),
    "few shots": lambda arrays: SurpriseListener(
        arrays["factors"], arrays["prior"], arrays["noise"]
    ),
    "factors": lambda arrays: EvenListener(float(arrays["exponent"][0])),
    "neighbors": lambda arrays: EvenListener(float(arrays["exponent"][0])),
    "order": lambda arrays: RecencyListener(float(arrays["decay"][0])),
    "friends": lambda arrays: FriendListener(),
    "attributes": lambda arrays: AttributeListener(),
    "kg vectors": lambda arrays: EvenListener(float(arrays["exponent"][0])),
}


def channel_from_arrays(name: str, modality: Modality, n_sources: int, arrays: Arrays) -> Channel:
    """What `Channel.arrays` gave."""
    listened = {
        key.removeprefix("listener."): array
        for key, array in arrays.items()
        if key.startswith("listener.")
    }
    stored = {
        key.removeprefix("kernel."): array
        for key, array in arrays.items()
        if key.startswith("kernel.")
    }
    kernel = (
        LowRankKernel(stored["source"], stored["target"])
        if "source" in stored
        else SparseKernel.from_arrays(stored)
    )
    return Channel(name, modality, _LISTENERS[name](listened), kernel, n_sources)
