"""One user with a part of the history hidden: what the list finds again, and curves over length."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from kgrec_core.contracts import IndexArray
from kgrec_core.pipeline.short_history import N_DRAWS, KeepOrder, UserPoint
from kgrec_ui.views.labels import model_name
from kgrec_ui.views.length_curve import LengthCurve, Shape, lengths_with, shape_of
from kgrec_ui.views.words import counted

__all__ = [
    "UserCurveView",
    "found_again",
    "found_sentence",
    "order_words",
    "user_curve_view",
]

ORDER_WORDS: dict[KeepOrder, str] = {
    "newest": "the newest",
    "oldest": "the oldest",
    "random": "a random part",
}
UNDATED_WORDS: dict[KeepOrder, str] = {
    "newest": "the last in the file",
    "oldest": "the first in the file",
    "random": "a random part",
}
"""The same for data without times, whose interactions are taken in the order of the file."""
HIDDEN, HELD_OUT = "hidden above", "held out"
SHAPE_WORDS: dict[Shape, str] = {
    "flat": "the curve is flat",
    "rises": "the curve rises",
    "falls": "the curve falls",
    "dips": "the curve dips before it recovers",
    "peaks": "the curve rises and falls back",
    "wavers": "the curve goes up and down",
}


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

    curves: tuple[LengthCurve, ...]
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
    """How much of the list the user really chose, of what the model was not told."""
    if not n_hidden and not n_held_out:
        return "Nothing is hidden and nothing was held out, so nothing can be found again."
    n_real = len(marks) - marks.count("")
    if not n_real:
        return "The user chose none of these items, as far as the data tells."
    kinds = [f"{marks.count(kind)} {kind}" for kind in (HIDDEN, HELD_OUT) if kind in marks]
    return (
        f"The user really chose {n_real} of these {counted(len(marks), 'item')}, and the model was "
        f"not told: {', '.join(kinds)}."
    )


def order_words(order: KeepOrder, *, has_times: bool) -> str:
    """Which part of a history is told, in words that fit the data."""
    return (ORDER_WORDS if has_times else UNDATED_WORDS)[order]


def user_curve_view(
    curves: Mapping[str, Sequence[UserPoint]],
    *,
    main: str,
    n_held_out: int,
    k: int,
    order: KeepOrder,
    has_times: bool = True,
) -> UserCurveView:
    """Curves of all models; `main` is the registry name of the model in use."""
    drawn = [
        LengthCurve(
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
        else f"One list per point, {order_words(order, has_times=has_times)} told first, so there "
        "is no interval."
    )
    return UserCurveView(
        tuple(drawn),
        n_held_out,
        k,
        _sentence(drawn, n_held_out, k),
        (
            f"This is 1 user: an illustration, no measurement of the models. {spread} The models "
            "were fitted with the whole history; only what they are told now is shorter. Hidden "
            "items take no places in these lists, so that every length is judged alike; in the "
            "list above they do. The curve over all users below hides users from training."
        ),
        _table(drawn),
    )


def _sentence(curves: Sequence[LengthCurve], n_held_out: int, k: int) -> str:
    """What the curve of the model in use does, its low and high points included."""
    own = curves[0]
    values = [point[1] for point in own.points]
    shape = shape_of(values)
    found = f"{_number(values[0])} of {counted(n_held_out, 'held-out item')} in the first {k}"
    last = own.points[-1]
    if shape == "flat":
        words = f"{own.label} finds {found}, however much is known: the curve is flat."
    else:
        words = (
            f"{own.label} finds {found} when nothing is known, and {_number(last[1])} with all "
            f"{last[0]} known: {SHAPE_WORDS[shape]}."
        )
    extremes = {"dips": [("lowest", min)], "peaks": [("highest", max)]}
    extremes["wavers"] = [("lowest", min), ("highest", max)]
    for word, extreme in extremes.get(shape, []):
        value = extreme(values)
        words += f" At its {word} it finds {_number(value)}, with {_lengths(own, value)}."
    return words + _rival_words(curves)


def _lengths(curve: LengthCurve, value: float) -> str:
    first, last = lengths_with(curve, value)
    return counted(last, "known item") if first == last else f"{first} to {last} known items"


def _rival_words(curves: Sequence[LengthCurve]) -> str:
    """The model that is better at most lengths, "" when none is better anywhere."""
    own = curves[0].points
    better = [
        (
            sum(there[1] > here[1] for here, there in zip(own, rival.points, strict=True)),
            rival.label,
        )
        for rival in curves[1:]
    ]
    n_better, label = max(better, key=lambda found: found[0], default=(0, ""))
    if not n_better:
        return ""
    return f" {label} finds more at {n_better} of the {counted(len(own), 'length')}."


def _table(curves: Sequence[LengthCurve]) -> pl.DataFrame:
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
