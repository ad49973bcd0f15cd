"""Tiny data sets for the data tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from kgrec_core.data.assembling import assemble
from kgrec_core.data.dataset import Dataset
from kgrec_core.data.interactions import NO_TIME
from kgrec_core.data.pieces import InteractionRows, Pieces
from kgrec_core.data.report import ProblemReport

Write = Callable[..., Path]
"""Writes text (UTF-8) or bytes to a file of the temporary folder; gives its path."""

Reasons = Callable[[], dict[str, tuple[int, ...]]]


def dataset_of(
    pairs: list[tuple[int, int]],
    *,
    times: list[int] | None = None,
    weights: list[float] | None = None,
    parts: list[int] | None = None,
    extra_items: int = 0,
) -> Dataset:
    """A data set "tiny" of users "u0".. and items "i0".., in order of first occurrence."""
    pieces = Pieces()
    chosen = parts if parts is not None else [None] * len(pairs)
    for part in dict.fromkeys(chosen):
        at = [n for n, found in enumerate(chosen) if found == part]
        pieces.interactions.append(
            InteractionRows(
                file="tiny.csv",
                user_ids=[f"u{pairs[n][0]}" for n in at],
                item_ids=[f"i{pairs[n][1]}" for n in at],
                weights=np.array([weights[n] if weights else 1.0 for n in at], dtype=np.float32),
                times=np.array([times[n] if times else NO_TIME for n in at], dtype=np.int64),
                lines=[n + 2 for n in at],
                part=part,
            )
        )
    if extra_items:
        known = dict.fromkeys(f"i{item}" for _, item in pairs)
        cold = [f"cold{n}" for n in range(extra_items)]
        pieces.items.labels = dict.fromkeys([*known, *cold], "")
    return assemble(pieces, name="tiny", report=ProblemReport())
