"""What the trainer and the recommenders know of a network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np

from kgrec_core.contracts import FloatArray
from kgrec_core.recommender.contract import UserEvidence
from kgrec_core.recommender.neural.tensors import Arrays, Parameters

if TYPE_CHECKING:
    import torch

__all__ = ["Network", "Scorer"]


class Scorer(Protocol):
    """A network with fixed parameters, ready to score."""

    @property
    def bias(self) -> FloatArray:
        """The part of the score that is the same for everybody, float32 (n_items,)."""
        ...

    def scores(self, users: Sequence[UserEvidence]) -> FloatArray:
        """Scores of all items, float32 (n_users, n_items); rows do not depend on each other."""
        ...


class Network(Protocol):
    """Functions of parameters over fixed data."""

    def initial(self, rng: np.random.Generator) -> Arrays:
        """Parameters to start from."""
        ...

    def losses(
        self, parameters: Parameters, rng: np.random.Generator, generator: torch.Generator
    ) -> Iterator[torch.Tensor]:
        """The loss of each step of one epoch; parameters may change between two of them."""
        ...

    def scorer(self, parameters: Parameters) -> Scorer:
        """Scores under parameters that no longer change.

        Args:
            parameters: float64 without gradients, float32 while training.
        """
        ...

    def extended(self, arrays: Arrays) -> Arrays:
        """Saved parameters for the items of this network, which may be more at the end."""
        ...
