"""A fusion model with parts of its sums switched off; see `muting` for what that means."""

from __future__ import annotations

import dataclasses

import numpy as np

from kgrec_core.contracts import BoolArray
from kgrec_core.errors import UnknownIdError
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.recommender.cold_projection import ColdProjection
from kgrec_core.recommender.fusion_model import FusionModel
from kgrec_core.recommender.gating import GatedChannel
from kgrec_core.recommender.kernels import IncidenceKernel
from kgrec_core.recommender.muting import Muted

__all__ = ["links_by_relation", "muted_model"]


def muted_model(model: FusionModel, muted: Muted, graph: KnowledgeGraph) -> FusionModel:
    """The model without the muted terms; every other term keeps its value.

    A link that several triples of one relation state is known to the model by the first of them
    and goes with that one.

    Args:
        model: with all its parts.
        muted: what is switched off.
        graph: the graph that the model was fitted on.

    Raises:
        UnknownIdError: the graph has no such relation or triple.
    """
    is_muted = _muted_triples(muted, graph)
    kernels = tuple(kernel.without(is_muted) for kernel in model.graph_kernels)
    is_silent = "collaborative" in muted.modalities
    return dataclasses.replace(
        model,
        graph_kernels=() if "graph" in muted.modalities else kernels,
        text=None if "text" in muted.modalities else model.text,
        correction=None if is_silent else model.correction,
        channels=_channels(model, muted),
        cold=_carrier(model, muted, is_muted),
        whole=model,
    )


def links_by_relation(model: FusionModel, graph: KnowledgeGraph) -> dict[str, int]:
    """Links that the model's paths can travel along, counted by relation id, in graph order."""
    found = [kernel.triple_of for kernel in model.graph_kernels if model.weight_of(kernel.name)]
    used = np.unique(np.concatenate(found)) if found else np.zeros(0, dtype=np.int64)
    counts = np.bincount(graph.triples[used, 1], minlength=graph.n_relations)
    spoken = np.flatnonzero(counts).tolist()
    return {graph.relations.id_of(index): int(counts[index]) for index in spoken}


def _muted_triples(muted: Muted, graph: KnowledgeGraph) -> BoolArray:
    """True for each triple that nothing may travel along, bool (n_triples,)."""
    rows = np.array(sorted(muted.triples), dtype=np.int64)
    outside = rows[(rows < 0) | (rows >= graph.n_triples)]
    if outside.size:
        raise UnknownIdError(
            f"The graph has no triple {int(outside[0])}: they are counted from 0 to "
            f"{graph.n_triples - 1}. Take the triples from the paths of an explanation."
        )
    relations = [graph.relations.index_of(id_) for id_ in sorted(muted.relations)]
    is_muted: BoolArray = np.isin(graph.triples[:, 1], relations)
    is_muted[rows] = True
    return is_muted


def _channels(model: FusionModel, muted: Muted) -> tuple[GatedChannel, ...]:
    """Channels of other modalities, and of muted ones the prior, which is bias."""
    found = [
        part.muted() if part.channel.modality in muted.modalities else part
        for part in model.channels
    ]
    return tuple(part for part in found if part is not None)


def _carrier(model: FusionModel, muted: Muted, is_muted: BoolArray) -> ColdProjection | None:
    """The part that speaks about cold items, heard through the links and texts that are left."""
    cold = model.cold
    if cold is None or {"graph", "text"} <= muted.modalities:
        return None
    features = cold.features
    links = tuple(_of_cold(kernel, kernel.without(is_muted), cold) for kernel in features.links)
    weights = features.link_weights
    if "graph" in muted.modalities:
        weights = (0.0,) * len(weights)
    text = 0.0 if "text" in muted.modalities else features.text_weight
    changed = dataclasses.replace(features, links=links, link_weights=weights, text_weight=text)
    same_links = all(a is b for a, b in zip(links, features.links, strict=True))
    is_same = same_links and (weights, text) == (features.link_weights, features.text_weight)
    return cold if is_same else cold.muted(changed)


def _of_cold(
    whole: IncidenceKernel, left: IncidenceKernel, cold: ColdProjection
) -> IncidenceKernel:
    """The kernel with muted links, or the whole one where no cold item loses any."""
    before, after = (np.diff(kernel.incidence.indptr)[cold.items] for kernel in (whole, left))
    return whole if np.array_equal(before, after) else left
