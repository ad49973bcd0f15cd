"""Which settings of each peer are tried; the best on the validation part is kept.

All have 64 dimensions, as in the papers, and three trials; EASE, which fits in a second and has one
setting, has six. What is not named here stays as the library sets it.
"""

from __future__ import annotations

from typing import Any

__all__ = [
    "EPOCHS",
    "EPOCHS_PER_VALIDATION",
    "GRIDS",
    "HOPWISE_MODELS",
    "PATIENCE",
    "RECBOLE_MODELS",
]

EPOCHS = 400
"""Upper limit; early stopping or the time limit comes first for nearly all."""

PATIENCE = 10
"""Epochs without a better validation that end a training."""

EPOCHS_PER_VALIDATION = {"KGCN": 5, "RippleNet": 5}
"""Ranking all items with these takes far longer than an epoch; the others validate each epoch."""

GRIDS: dict[str, tuple[dict[str, Any], ...]] = {
    "EASE": tuple({"reg_weight": weight} for weight in (20.0, 50.0, 100.0, 200.0, 400.0, 800.0)),
    "BPR": (
        {"learning_rate": 3e-3},
        {"learning_rate": 3e-3, "weight_decay": 1e-5},
        {"learning_rate": 3e-3, "weight_decay": 1e-4},
    ),
    "LightGCN": (
        {"learning_rate": 5e-3, "n_layers": 2, "reg_weight": 1e-5},
        {"learning_rate": 5e-3, "n_layers": 3, "reg_weight": 1e-4},
        {"learning_rate": 5e-3, "n_layers": 1, "reg_weight": 1e-4},
    ),
    "CKE": (
        {"learning_rate": 1e-3, "reg_weights": [1e-2, 1e-2]},
        {"learning_rate": 5e-3, "reg_weights": [1e-2, 1e-2]},
        {"learning_rate": 5e-3, "reg_weights": [1e-4, 1e-4]},
    ),
    "KGCN": (
        {"learning_rate": 5e-3, "reg_weight": 1e-7},
        {"learning_rate": 5e-3, "reg_weight": 1e-5},
        {"learning_rate": 2e-3, "reg_weight": 1e-7, "neighbor_sample_size": 8},
    ),
    "RippleNet": (
        {"learning_rate": 5e-3, "reg_weight": 1e-7},
        {"learning_rate": 1e-3, "reg_weight": 1e-7},
        {"learning_rate": 5e-3, "reg_weight": 1e-5, "n_hop": 1},
    ),
    "KGIN": (
        {"learning_rate": 1e-3, "context_hops": 2},
        {"learning_rate": 5e-3, "context_hops": 2},
        {"learning_rate": 5e-3, "context_hops": 3, "reg_weight": 1e-4},
    ),
    "MCCLK": (
        {"learning_rate": 1e-3},
        {"learning_rate": 5e-3},
        {"learning_rate": 5e-3, "reg_weight": 1e-4},
    ),
    "KGAT": (
        {"learning_rate": 1e-3},
        {"learning_rate": 5e-3},
        {"learning_rate": 5e-3, "reg_weight": 1e-4},
    ),
    "TransE": (
        {"learning_rate": 1e-3},
        {"learning_rate": 5e-3},
        {"learning_rate": 5e-3, "weight_decay": 1e-5},
    ),
}
"""Model to its trials."""

RECBOLE_MODELS = ("EASE", "BPR", "LightGCN", "CKE", "KGCN", "RippleNet", "KGIN", "MCCLK")
HOPWISE_MODELS = ("KGAT", "TransE")
