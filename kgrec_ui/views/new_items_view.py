"""Many new items at once: for each its best users, nearest items, and the main reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from kgrec_core.contracts import FloatArray, IndexArray
from kgrec_core.explanation.reasons import main_reasons
from kgrec_core.pipeline.new_item_reach import places_kept
from kgrec_core.pipeline.new_item_rows import (
    ANY_TYPE,
    IGNORED,
    LINKS,
    NAME,
    TEXT,
    ItemRow,
)
from kgrec_ui.views.audience_view import BATCH, asked_users, links_by_item, nearest_items
from kgrec_ui.views.search_view import option_label
from kgrec_ui.views.words import counted

if TYPE_CHECKING:
    from kgrec_core.pipeline.loaded_run import LoadedRun

__all__ = ["LIST_LENGTH", "PlacedItems", "place_items", "problem_table", "role_words"]

LIST_LENGTH = 10
N_USERS, N_NEAREST = 3, 3
N_KEPT = 1
SCHEMA = {
    "line": pl.Int64,
    "item": pl.String,
    "note": pl.String,
    "users who get it": pl.Int64,
    "with kept places": pl.Int64,
    "best rank": pl.Int64,
    "best users": pl.String,
    "nearest items": pl.String,
    "main reason": pl.String,
}
NOT_PLACED = "not placed: nothing tells where it belongs"


@dataclass(frozen=True)
class PlacedItems:
    """All rows of a table of new items, those that could not be placed included.

    Attributes:
        table: line, item, note, users who would get it in a list of the asked length, the same if
            places were kept for new items, best rank, best users with ranks, nearest known items,
            main reason for the best user; numbers are null for rows without an item.
        sentence: what came out, in words.
    """

    table: pl.DataFrame
    sentence: str


def place_items(
    run: LoadedRun, rows: Sequence[ItemRow], k: int = LIST_LENGTH, n_kept: int = N_KEPT
) -> PlacedItems:
    """Ask every user with a history about every item; who has it in the first `k` gets it.

    An item is ranked among the known items that the user has not seen; new items take no places
    from each other. They are placed together, though: what is linked to a new item, too, counts
    as linked to one item more, so scores differ a little from those of an item that came alone.
    Beside that it is counted who would get it if `n_kept` of the `k` places were kept for new
    items; then the new items compete with each other.
    """
    forms = [row.form for row in rows if row.form is not None]
    if not forms:
        return PlacedItems(_table(rows, []), _sentence(len(rows), 0, 0, k))
    n_kept = min(n_kept, k)
    extended = run.with_new_items(forms)
    first = run.dataset.n_items
    users, ranks, scores = _ranks(extended, first, len(forms))
    kept = places_kept(ranks, scores, k, n_kept)
    linked = links_by_item(extended.graph)
    found = []
    for place in range(len(forms)):
        best = np.lexsort((-scores[:, place], ranks[:, place]))[:N_USERS]
        near = nearest_items(
            extended.graph,
            extended.text_vectors,
            first + place,
            limit=N_NEAREST,
            n_known=first,
            linked=linked,
        )
        found.append(
            {
                "users who get it": int((ranks[:, place] <= k).sum()),
                "with kept places": int(kept[:, place].sum()),
                "best users": _users(extended, users[best], ranks[best, place]),
                "best rank": int(ranks[best[0], place]) if best.size else None,
                "nearest items": "; ".join(near["item"].to_list()),
                "main reason": _reason(extended, users[best], first + place),
                "note": "",
            }
        )
    n_wanted = sum(bool(row["users who get it"]) for row in found)
    sentence = _sentence(len(rows), len(found), n_wanted, k)
    if n_kept:
        sentence += _kept_words(int(kept.any(axis=0).sum()), users.size, k, n_kept)
    return PlacedItems(_table(rows, found), sentence)


def problem_table(rows: Sequence[ItemRow]) -> pl.DataFrame:
    """Every problem of every row: line, column, what stands there, what was done."""
    problems = [problem for row in rows for problem in row.problems]
    return pl.DataFrame(
        {
            "line": [problem.line for problem in problems],
            "column": [problem.column or "–" for problem in problems],
            "value": [problem.value for problem in problems],
            "what was found and done": [problem.text for problem in problems],
        },
        schema={
            "line": pl.Int64,
            "column": pl.String,
            "value": pl.String,
            "what was found and done": pl.String,
        },
    )


def role_words(role: str) -> str:
    """A role of a column as it is offered."""
    if role.startswith(LINKS):
        kind = role.removeprefix(LINKS)
        return "Links: anything" if kind == ANY_TYPE else f"Links: {kind.replace('_', ' ')}"
    return {NAME: "Name", TEXT: "Text", IGNORED: "Not used"}[role]


def _ranks(run: LoadedRun, first: int, n_new: int) -> tuple[IndexArray, IndexArray, FloatArray]:
    """Users, and rank and score of each new item for each of them, (n_users, n_new)."""
    users = asked_users(run)
    ranks = np.empty((users.size, n_new), dtype=np.int64)
    scores = np.empty((users.size, n_new), dtype=np.float32)
    for start in range(0, users.size, BATCH):
        evidence = [run.evidence_of(int(user)) for user in users[start : start + BATCH]]
        table = np.array(run.recommender.score(evidence))
        for row, known in enumerate(evidence):
            table[row, known.item_indices] = -np.inf
            own = table[row, first:]
            others = np.sort(table[row, :first])
            ranks[start + row] = 1 + first - np.searchsorted(others, own, side="right")
        scores[start : start + len(evidence)] = table[:, first:]
    return users, ranks, scores


def _users(run: LoadedRun, users: IndexArray, ranks: IndexArray) -> str:
    labels, ids = run.dataset.user_labels, run.dataset.users.ids
    return "; ".join(
        f"{option_label(ids[user], labels[user] or '')} (rank {rank})"
        for user, rank in zip(users.tolist(), ranks.tolist(), strict=True)
    )


def _reason(run: LoadedRun, users: IndexArray, item_index: int) -> str:
    """Why the best user would get it."""
    if not users.size:
        return ""
    told = run.explain(run.evidence_of(int(users[0])), item_index)
    return main_reasons([told], run.names)[0]


def _table(rows: Sequence[ItemRow], found: Sequence[dict[str, object]]) -> pl.DataFrame:
    placed = iter(found)
    lines = []
    for row in rows:
        told = {"note": NOT_PLACED} if row.form is None else next(placed)
        lines.append({"line": row.line, "item": row.label, **told})
    empty = {name: "" if kind == pl.String else None for name, kind in SCHEMA.items()}
    columns = {name: [line.get(name, empty[name]) for line in lines] for name in SCHEMA}
    return pl.DataFrame(columns, schema=SCHEMA)


def _sentence(n_rows: int, n_placed: int, n_wanted: int, k: int) -> str:
    words = f"{counted(n_rows, 'row')}, {counted(n_placed, 'item')} placed."
    if n_wanted:
        words += f" {n_wanted} would stand among the first {k} of at least one user."
    elif n_placed:
        words += f" None would stand among the first {k} of any user."
    if n_placed < n_rows:
        words += f" {counted(n_rows - n_placed, 'row')} could not be placed; the notes say why."
    return words


def _kept_words(n_reached: int, n_users: int, k: int, n_kept: int) -> str:
    places = f"{n_kept} of the {k} places {'was' if n_kept == 1 else 'were'}"
    return (
        f" If {places} kept for new items, {counted(n_reached, 'item')} would reach somebody of "
        f"the {counted(n_users, 'person', 'people')} asked."
    )
