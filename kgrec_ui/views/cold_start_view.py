"""How a list changes when something is said or added, in symbols and words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from kgrec_ui.views.words import counted, joined, shortened

__all__ = ["ListChange", "Move", "Newcomer", "list_change", "with_moves"]

MoveKind = Literal["up", "down", "same", "new", "first"]
MOVE_SYMBOLS: dict[MoveKind, str] = {"up": "↑", "down": "↓", "same": "=", "new": "new", "first": ""}


@dataclass(frozen=True)
class Newcomer:
    """What somebody who is not in the data has said, as ids and words.

    Attributes:
        likes: item ids.
        entities: entity ids.
        tags: names of tags.
        texts: a few words each.
        friends: ids of users.
        attributes: labels of user attributes.
    """

    likes: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    friends: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Move:
    """Where one item came from.

    Attributes:
        kind: "new" was not in the list before; "first" when there was no list before.
        n_places: places moved, 0 unless "up" or "down".
    """

    kind: MoveKind
    n_places: int = 0

    @property
    def text(self) -> str:
        """The move as it is shown: "↑ 3", "↓ 2", "=", "new"."""
        symbol = MOVE_SYMBOLS[self.kind]
        return f"{symbol} {self.n_places}" if self.n_places else symbol


@dataclass(frozen=True)
class ListChange:
    """One list against the one before it.

    Attributes:
        moves: one per item of the present list.
        left: ids that were in the list before and are no more, best first.
    """

    moves: tuple[Move, ...]
    left: tuple[str, ...]

    def sentence(self, labels: dict[str, str]) -> str:
        """What happened, in words; `labels` names the ids in `left`."""
        kinds = [move.kind for move in self.moves]
        if "first" in kinds or not kinds:
            return "This is the first list; the next change will be compared with it."
        n_new, n_moved = kinds.count("new"), kinds.count("up") + kinds.count("down")
        if not n_new and not n_moved and not self.left:
            return "The list is as before."
        parts = [f"{n_new} new", f"{counted(n_moved, 'item')} moved"]
        if self.left:
            parts.append(
                f"left the list: {joined([shortened(labels.get(id_, id_)) for id_ in self.left])}"
            )
        return f"Against the list before: {'; '.join(parts)}."


def list_change(before: Sequence[str] | None, now: Sequence[str]) -> ListChange:
    """Moves from `before` (None when there was no list) to `now`; both are ids, best first."""
    if before is None:
        return ListChange(tuple(Move("first") for _ in now), ())
    places = {id_: place for place, id_ in enumerate(before)}
    moves = []
    for place, id_ in enumerate(now):
        if id_ not in places:
            moves.append(Move("new"))
            continue
        n_up = places[id_] - place
        kind: MoveKind = "up" if n_up > 0 else "down" if n_up < 0 else "same"
        moves.append(Move(kind, abs(n_up)))
    return ListChange(tuple(moves), tuple(id_ for id_ in before if id_ not in set(now)))


def with_moves(ranked: pl.DataFrame, change: ListChange) -> pl.DataFrame:
    """The ranked table with the move beside the rank."""
    moves = pl.Series("move", [move.text for move in change.moves], dtype=pl.String)
    return ranked.insert_column(1, moves) if ranked.height else ranked.with_columns(moves)
