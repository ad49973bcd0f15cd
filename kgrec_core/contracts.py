"""Type aliases and protocols that every layer may lean on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

__all__ = [
    "BoolArray",
    "FloatArray",
    "IndexArray",
    "OnProgress",
    "Progress",
    "TextEncoder",
    "no_progress",
]

IndexArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float32]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Progress:
    """One report of a long task.

    Attributes:
        stage: what is being done, in words a page may show ("Encoding texts").
        done: finished units of this stage.
        total: all units of this stage; 0 when unknown.
        metrics: named values worth a curve ("ndcg@20"), empty when there are none.
    """

    stage: str
    done: int
    total: int
    metrics: dict[str, float]


OnProgress = Callable[[Progress], None]


def no_progress(progress: Progress) -> None:
    """The listener of callers who do not care."""


class TextEncoder(Protocol):
    """Turns texts into unit vectors; the same text gives the same vector alone and in a batch."""

    @property
    def name(self) -> str:
        """Identity of model and precision; part of every fingerprint that depends on it."""
        ...

    @property
    def embedding_dim(self) -> int:
        """Length of one vector."""
        ...

    def encode(self, texts: Sequence[str], *, on_progress: OnProgress = no_progress) -> FloatArray:
        """Unit vectors, shape (n_texts, embedding_dim), float32; an empty text gives zeros."""
        ...
