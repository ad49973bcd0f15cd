"""Which settings of each peer are tried; the best on the validation part is kept.

All have 64 dimensions, except RippleNet, whose cost grows with their square: it has the 16 of its
paper. EASE, which fits in a second and has one setting, has six trials; models that take minutes
have one or two, the others three. What is not named here stays as the library sets it.
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
    "USUAL_EPOCHS_PER_VALIDATION",
    "VALIDATION_USERS",
]

EPOCHS = 400
"""Upper limit; early stopping or the time limit comes first for nearly all."""

PATIENCE = 10
"""Epochs without a better validation that end a training."""

USUAL_EPOCHS_PER_VALIDATION = 5
EPOCHS_PER_VALIDATION = {
    "EASE": 1,
    "BPR": 1,
    "CKE": 2,
    "KGAT": 2,
    "KGIN": 2,
    "RippleNet": 2,
    "MCCLK": 1,
}
"""Ranking takes a good part of the time; where an epoch takes many seconds, fewer are lost."""

VALIDATION_USERS = {"KGCN": 300, "RippleNet": 300}
"""These compute items anew for each user: they are stopped on a fixed sample of the users."""

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
        {"learning_rate": 5e-3, "reg_weight": 1e-4},
    ),
    "RippleNet": (
        {"learning_rate": 5e-3, "embedding_size": 16},
        {"learning_rate": 1e-2, "embedding_size": 16, "n_hop": 1},
    ),
    "KGIN": (
        {"learning_rate": 5e-3, "context_hops": 2},
        {"learning_rate": 5e-3, "context_hops": 3, "reg_weight": 1e-4},
    ),
    "MCCLK": ({"learning_rate": 5e-3},),
    "KGAT": (
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

RECBOLE_MODELS = ("EASE", "BPR", "KGCN", "RippleNet", "KGIN", "LightGCN", "CKE", "MCCLK")
HOPWISE_MODELS = ("KGAT", "TransE")
