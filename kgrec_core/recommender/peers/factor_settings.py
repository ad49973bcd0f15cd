"""Settings of the models that learn one vector per user and per item."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from kgrec_core.recommender.search_space import Choice, FloatRange, IntRange, SearchSpace

__all__ = [
    "BprMfSettings",
    "FactorSettings",
    "LightGcnSettings",
    "LossName",
    "MfSoftmaxSettings",
    "Objective",
]

LossName = Literal["softmax", "bpr"]
TEMPERATURE = "Softmax only: smaller looks harder at the items that are nearly as good."


@dataclass(frozen=True)
class Objective:
    """What is learned, apart from how fast.

    Attributes:
        loss: "softmax" over all items with vectors of length 1, or "bpr" over pairs of items.
        temperature: divides the cosine under the softmax.
        n_layers: layers of graph convolution between the free vectors and the final ones.
    """

    loss: LossName
    temperature: float = 1.0
    n_layers: int = 0


class FactorSettings(BaseModel, ABC):
    """What all of them have; the defaults are those of the softmax."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    embedding_dim: int = Field(default=64, ge=1, le=1024, description="Length of the vectors.")
    learning_rate: float = Field(
        default=0.02, gt=0, le=1, description="Step size of Adam; larger is faster and less steady."
    )
    l2: float = Field(
        default=0.0, ge=0, description="Pulls all vectors toward zero; larger means smoother."
    )
    users_per_batch: int = Field(
        default=256,
        ge=1,
        description="Users whose choices make one step; small data take fewer, so that an epoch "
        "still has eight steps.",
    )
    max_epochs: int = Field(
        default=200, ge=1, description="Passes over the users after which training ends anyhow."
    )
    patience: int = Field(
        default=5,
        ge=1,
        description="Comparisons on the validation part without a new best before training stops.",
    )
    n_epochs: int = Field(
        default=40, ge=1, description="Passes over the users when there is no validation part."
    )

    @abstractmethod
    def objective(self) -> Objective:
        """What these settings ask for."""


class BprMfSettings(FactorSettings):
    """Matrix factorization that ranks pairs."""

    search_space: ClassVar[SearchSpace] = {
        "embedding_dim": IntRange(16, 256, log=True),
        "learning_rate": FloatRange(1e-3, 0.05, log=True),
        "l2": FloatRange(1e-6, 1e-2, log=True),
    }

    learning_rate: float = Field(
        default=0.01, gt=0, le=1, description="Step size of Adam; larger is faster and less steady."
    )
    l2: float = Field(
        default=3e-5, ge=0, description="Pulls all vectors toward zero; larger means smoother."
    )
    users_per_batch: int = Field(
        default=128,
        ge=1,
        description="Users whose choices make one step; small data take fewer, so that an epoch "
        "still has eight steps.",
    )

    def objective(self) -> Objective:
        """Pairs, no graph."""
        return Objective("bpr")


class MfSoftmaxSettings(FactorSettings):
    """Matrix factorization that ranks all items at once."""

    search_space: ClassVar[SearchSpace] = {
        "embedding_dim": IntRange(16, 256, log=True),
        "learning_rate": FloatRange(1e-3, 0.05, log=True),
        "temperature": FloatRange(0.08, 0.4, log=True),
    }

    temperature: float = Field(default=0.2, gt=0, le=10, description=TEMPERATURE)

    def objective(self) -> Objective:
        """All items at once, no graph."""
        return Objective("softmax", self.temperature)


class LightGcnSettings(FactorSettings):
    """Graph convolution over the users and items."""

    search_space: ClassVar[SearchSpace] = {
        "embedding_dim": IntRange(16, 256, log=True),
        "learning_rate": FloatRange(1e-3, 0.05, log=True),
        "n_layers": IntRange(1, 4),
        "temperature": FloatRange(0.08, 0.4, log=True),
        "loss": Choice(("softmax", "bpr")),
    }

    n_layers: int = Field(
        default=2, ge=1, le=8, description="Steps that a vector travels over who chose what."
    )
    loss: LossName = Field(
        default="softmax",
        description="softmax ranks all items at once, bpr (as in the paper) one pair at a time.",
    )
    temperature: float = Field(default=0.2, gt=0, le=10, description=TEMPERATURE)

    def objective(self) -> Objective:
        """As chosen."""
        return Objective(self.loss, self.temperature, self.n_layers)
