"""Two lists side by side: of two users, or of two runs for one user."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from kgrec_core.explanation.names import Names
from kgrec_core.explanation.reasons import reasons
from kgrec_core.recommender.contract import PairExplanation
from kgrec_ui.theme import MODALITY_NAMES, format_signed
from kgrec_ui.views.search_view import option_label
from kgrec_ui.views.words import counted, joined, shortened

__all__ = ["Overlap", "modality_rows", "overlap_of", "reason_lines", "side_table", "side_titles"]

N_REASONS = 3
REASON_LETTERS = 42
"""What fits beside a second list; the sentences below have the whole reason."""
TITLE_LETTERS = 50
"""Of the name of a user, which stands above a list and in sentences about it."""
SHORT_LETTERS = 40
"""Of a name where several stand in a row."""
SIDE_SCHEMA = {
    "rank": pl.Int64,
    "item": pl.String,
    "other rank": pl.String,
    "main reason": pl.String,
    "score": pl.Float64,
    "id": pl.String,
}


@dataclass(frozen=True)
class Overlap:
    """What two lists have in common.

    Attributes:
        sentence: how many items are in both, in words.
        n_shared: items in both.
        only: what is in one of the two alone, a sentence each.
    """

    sentence: str
    n_shared: int
    only: tuple[str, ...] = ()


def overlap_of(
    left: Sequence[int], right: Sequence[int], names: Names, sides: tuple[str, str]
) -> Overlap:
    """How alike two lists are; `sides` says what each is, as in "the list of Ann"."""
    shared = [item for item in left if item in set(right)]
    if not left or not right:
        return Overlap("One of the lists is empty.", 0)
    same_place = sum(1 for a, b in zip(left, right, strict=False) if a == b)
    n_longer = max(len(left), len(right))
    if list(left) == list(right):
        return Overlap(f"Both lists are the same: {counted(len(left), 'item')}.", len(left))
    sentence = (
        f"{len(shared)} of {counted(n_longer, 'item')} {'is' if len(shared) == 1 else 'are'} in "
        f"both lists, {same_place} at the same rank."
    )
    only = []
    for side, own in zip(sides, (left, right), strict=True):
        lone = [names.brief(SHORT_LETTERS).item(item) for item in own if item not in shared]
        if lone:
            only.append(f"Only in {side}: {joined(lone, 3)}.")
    return Overlap(sentence, len(shared), tuple(only))


def side_titles(ids: Sequence[str], labels: Sequence[str]) -> list[str]:
    """What each side is called: brief names, with the ids where the names alone are the same."""
    brief = [shortened(label, TITLE_LETTERS) for label in labels]
    if len(set(brief)) == len(brief):
        return brief
    return [option_label(id_, label) for id_, label in zip(ids, brief, strict=True)]


def side_table(
    items: Sequence[int],
    scores: Sequence[float],
    others: Sequence[int],
    reasons_of: Sequence[str],
    names: Names,
) -> pl.DataFrame:
    """One of the two lists, with the rank that each item has in the other."""
    places = {item: place + 1 for place, item in enumerate(others)}
    return pl.DataFrame(
        {
            "rank": list(range(1, len(items) + 1)),
            "item": [names.item(item) for item in items],
            "other rank": [str(places[item]) if item in places else "–" for item in items],
            "main reason": [shortened(reason, REASON_LETTERS) for reason in reasons_of],
            "score": list(scores),
            "id": [names.item_ids[item] for item in items],
        },
        schema=SIDE_SCHEMA,
    )


def modality_rows(left: PairExplanation, right: PairExplanation) -> pl.DataFrame:
    """Bias, modalities and score of the same item on both sides, as "left" and "right"."""
    modalities = [
        modality
        for modality in MODALITY_NAMES
        if any(term.modality == modality for pair in (left, right) for term in pair.contributions)
    ]
    rows = [("Bias", left.bias, right.bias)]
    rows += [
        (MODALITY_NAMES[modality], _sum(left, modality), _sum(right, modality))
        for modality in modalities
    ]
    rows.append(("Score", left.score, right.score))
    return pl.DataFrame(
        {
            "part": [row[0] for row in rows],
            "left": [row[1] for row in rows],
            "right": [row[2] for row in rows],
        }
    )


def reason_lines(explanation: PairExplanation, names: Names) -> list[tuple[str, str]]:
    """The strongest reasons as value and sentence."""
    found = reasons(explanation, names.brief(), most=N_REASONS)
    return [(format_signed(reason.value), reason.text) for reason in found]


def _sum(pair: PairExplanation, modality: str) -> float:
    return sum(term.value for term in pair.contributions if term.modality == modality)
