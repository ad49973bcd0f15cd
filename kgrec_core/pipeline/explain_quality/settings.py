"""What may be chosen about measuring the explanations of a run."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["QualitySettings"]


class QualitySettings(BaseModel):
    """How explanations are measured.

    Attributes:
        n_users: users with a history, drawn at random.
        k: length of the lists.
        n_deep: items of each list, drawn at random, that are scored again and again.
        n_orders: random orders that an explanation is compared with.
        n_peer_users: users of the comparison with explanations made from outside a model.
        twins: fit the run again with two other seeds and with uniform attention.
        peer: fit LightGCN and explain it from outside.
        seed: seed of everything random in the measuring.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    n_users: int = Field(default=100, ge=2)
    k: int = Field(default=10, ge=1, le=100)
    n_deep: int = Field(default=3, ge=1)
    n_orders: int = Field(default=20, ge=20)
    n_peer_users: int = Field(default=30, ge=2)
    twins: bool = True
    peer: bool = True
    seed: int = Field(default=0, ge=0)
