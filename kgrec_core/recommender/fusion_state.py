"""A fitted fusion model as settings and arrays, and back."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from kgrec_core.config import checked
from kgrec_core.embedding.text_adapter import TextAdapter
from kgrec_core.recommender.attention import Attention
from kgrec_core.recommender.channels.builders import channel_from_arrays
from kgrec_core.recommender.channels.channel import Arrays
from kgrec_core.recommender.cold_gate import with_landmarks
from kgrec_core.recommender.contract import RecommenderState, TrainingData
from kgrec_core.recommender.fusion_model import FusionModel
from kgrec_core.recommender.fusion_settings import FitParameters, FusionSettings
from kgrec_core.recommender.gating import GatedChannel
from kgrec_core.recommender.graph_kernels import graph_kernels
from kgrec_core.recommender.neighbor_kernel import NeighborKernel
from kgrec_core.recommender.posterior import Correction
from kgrec_core.recommender.text_kernel import TEXT_KERNEL, extended_text_kernel

__all__ = ["model_from_state", "state_of"]

ADAPTER = "adapter."
WELL_KNOWN = 1_000_000
"""Choices beyond which more make no difference."""


def state_of(model: FusionModel, settings: FusionSettings) -> RecommenderState:
    """Everything that graph and texts do not give back."""
    arrays: Arrays = {
        "item_scale": model.attention.item_scale,
        "bias": model.bias,
        "is_cold": model.is_cold.astype(np.uint8),
        "landmarks": model.landmarks,
        "landmark_counts": model.landmark_counts,
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
    if model.adapter is not None:
        arrays |= {f"{ADAPTER}{key}": array for key, array in model.adapter.to_arrays().items()}
    for position, part in enumerate(model.channels):
        own = part.channel.arrays() | ({} if part.prior is None else {"prior": part.prior})
        arrays |= {f"channel{position}.{key}": array for key, array in own.items()}
    values = {
        "settings": settings.model_dump(),
        "parameters": model.attention.parameters.model_dump(),
        "mean_weight": model.attention.mean_weight,
        "channels": [
            {
                "name": part.channel.name,
                "modality": part.channel.modality,
                "n_sources": part.channel.n_sources,
            }
            for part in model.channels
        ],
    }
    return RecommenderState(values, arrays)


def model_from_state(
    state: RecommenderState, data: TrainingData
) -> tuple[FusionSettings, FusionModel]:
    """What `state_of` gave, over the items of `data`: items at its end that are new are cold."""
    settings = checked(FusionSettings, state.settings["settings"])
    parameters = checked(FitParameters, state.settings["parameters"])
    arrays, n_items = state.arrays, data.graph.n_items
    extra = n_items - arrays["bias"].size
    attention = Attention(
        parameters,
        np.pad(arrays["item_scale"], (0, extra), constant_values=1.0),
        float(state.settings["mean_weight"]),
        float(arrays["item_scale"].mean()) if arrays["item_scale"].size else 1.0,
    )
    correction = None
    if "correction.left" in arrays:
        found = Correction(arrays["correction.left"], arrays.get("correction.right"))
        correction = found.extended(n_items)
    adapter, text = _saved_adapter(arrays), _saved_text_kernel(arrays)
    if text is not None:
        heard = data.text_vectors if adapter is None else adapter.apply(data.text_vectors)
        text = extended_text_kernel(text, heard, settings.text_neighbors)
    model = FusionModel(
        attention,
        tuple(graph_kernels(data.graph, arrays["bias"].size)) if settings.use_graph else (),
        text,
        correction,
        np.pad(arrays["bias"], (0, extra)),
        np.pad(arrays["is_cold"].astype(bool), (0, extra), constant_values=True),
        parameters.cold_gate,
        data.text_vectors,
        _saved_channels(state, n_items),
        adapter=adapter,
    )
    landmarks = arrays["landmarks"]
    # Models that were saved before counts were kept trust all landmarks alike.
    counts = arrays.get("landmark_counts", np.full(landmarks.size, WELL_KNOWN))
    return settings, with_landmarks(model, landmarks, counts)


def _saved_channels(state: RecommenderState, n_items: int) -> tuple[GatedChannel, ...]:
    parameters = checked(FitParameters, state.settings["parameters"])
    found = []
    for position, saved in enumerate(state.settings["channels"]):
        start = f"channel{position}."
        own = {
            key.removeprefix(start): array
            for key, array in state.arrays.items()
            if key.startswith(start)
        }
        channel = channel_from_arrays(saved["name"], saved["modality"], saved["n_sources"], own)
        gate = parameters.gates[saved["name"]]
        found.append(GatedChannel(channel, gate, own.get("prior")).extended(n_items))
    return tuple(found)


def _saved_adapter(arrays: Arrays) -> TextAdapter | None:
    own = {key.removeprefix(ADAPTER): a for key, a in arrays.items() if key.startswith(ADAPTER)}
    return TextAdapter.from_arrays(own) if own else None


def _saved_text_kernel(arrays: Arrays) -> NeighborKernel | None:
    if "text.indptr" not in arrays:
        return None
    n_items = arrays["text.indptr"].size - 1
    columns = sp.csr_array(
        (arrays["text.data"], arrays["text.indices"], arrays["text.indptr"]),
        shape=(n_items, n_items),
    )
    no_triples = np.full(columns.nnz, -1, dtype=np.int64)
    return NeighborKernel(TEXT_KERNEL, columns, arrays["text.sums"], no_triples)
