"""One user with a part of the history hidden: what the list finds again, and curves over length."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from kgrec_core.contracts import IndexArray
from kgrec_core.pipeline.short_history import N_DRAWS, KeepOrder, UserPoint
from kgrec_ui.views.labels import model_name
from kgrec_ui.views.words import counted

__all__ = [
    "ORDER_WORDS",
    "UserCurve",
    "UserCurveView",
    "found_again",
    "found_sentence",
    "user_curve_view",
]

ORDER_WORDS: dict[KeepOrder, str] = {
    "newest": "the newest",
    "oldest": "the oldest",
    "random": "a random part",
}
HIDDEN, HELD_OUT = "hidden above", "held out"


@dataclass(frozen=True)
class UserCurve:
    """One model: (known items, found, low, high) by rising length."""

    label: str
    points: tuple[tuple[int, float, float, float], ...]
    is_main: bool


@dataclass(frozen=True)
class UserCurveView:
    """Curves of one user.

    Attributes:
        curves: the model in use first.
        n_held_out: how many items could be found.
        k: length of the lists.
        sentence: what the curve of the model in use says.
        how: what was counted, and what this is not.
        table: the same numbers.
    """

    curves: tuple[UserCurve, ...]
    n_held_out: int
    k: int
    sentence: str
    how: str
    table: pl.DataFrame


def found_again(
    item_indices: Sequence[int], hidden: IndexArray, held_out: IndexArray
) -> tuple[str, ...]:
    """For each item of a list: whether the user really chose it, and the model was not told."""
    hidden_set, test_set = set(hidden.tolist()), set(held_out.tolist())
    return tuple(
        HIDDEN if item in hidden_set else HELD_OUT if item in test_set else ""
        for item in item_indices
    )


def found_sentence(marks: Sequence[str], n_hidden: int, n_held_out: int) -> str:
    """How much of what was not told stands in the list."""
    n_again, n_test = marks.count(HIDDEN), marks.count(HELD_OUT)
    parts = []
    if n_hidden:
        parts.append(f"{n_again} of the {counted(n_hidden, 'hidden item')}")
    if n_held_out:
        parts.append(f"{n_test} of the {counted(n_held_out, 'item')} held out for the test")
    if not parts:
        return "Nothing is hidden and nothing was held out, so nothing can be found again."
    return f"In this list: {' and '.join(parts)}."


def user_curve_view(
    curves: Mapping[str, Sequence[UserPoint]],
    *,
    main: str,
    n_held_out: int,
    k: int,
    order: KeepOrder,
) -> UserCurveView:
    """Curves of all models; `main` is the registry name of the model in use."""
    drawn = [
        UserCurve(
            model_name(name),
            tuple((point.n_known, point.found, point.low, point.high) for point in points),
            name == main,
        )
        for name, points in curves.items()
    ]
    drawn.sort(key=lambda curve: not curve.is_main)
    spread = (
        f"Each point is the mean of {N_DRAWS} draws; whiskers reach from the lowest to the highest."
        if order == "random"
        else f"One list per point, {ORDER_WORDS[order]} items first, so there is no interval."
    )
    return UserCurveView(
        tuple(drawn),
        n_held_out,
        k,
        _sentence(drawn, n_held_out, k),
        (
            f"n = 1 user with {counted(n_held_out, 'held-out item')}: an illustration, no "
            f"measurement of the models. {spread} The models were fitted with the whole history; "
            "only what they are told now is shorter. All items of the history are left out of the "
            "lists at every length. The curve over all users below hides users from training."
        ),
        _table(drawn),
    )


def _sentence(curves: Sequence[UserCurve], n_held_out: int, k: int) -> str:
    own = curves[0].points
    first, last = own[0], own[-1]
    best = max(own, key=lambda point: (point[1], -point[0]))
    words = (
        f"{curves[0].label} finds {_number(first[1])} of {n_held_out} held-out items in the first "
        f"{k} with {counted(first[0], 'known item')}, and {_number(last[1])} with all {last[0]}."
    )
    if best[1] > last[1]:
        words += f" Its best is {_number(best[1])} with {counted(best[0], 'known item')}."
    return words


def _table(curves: Sequence[UserCurve]) -> pl.DataFrame:
    lengths = [point[0] for point in curves[0].points]
    columns: dict[str, list[object]] = {"Known items": list(lengths)}
    for curve in curves:
        columns[curve.label] = [_cell(point) for point in curve.points]
    return pl.DataFrame(columns)


def _cell(point: tuple[int, float, float, float]) -> str:
    _, found, low, high = point
    if low == high:
        return _number(found)
    return f"{_number(found)} ({_number(low)} to {_number(high)})"


def _number(value: float) -> str:
    return f"{value:.0f}" if np.isclose(value, round(value)) else f"{value:.1f}"
