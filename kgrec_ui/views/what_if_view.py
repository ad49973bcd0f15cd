"""A change that is tried out: what it is, what moves, and what it does to one score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from kgrec_core.explanation.counterfactual import Counterfactual, NoCounterfactual
from kgrec_core.explanation.counterfactual_wording import no_counterfactual_sentence
from kgrec_core.explanation.names import Names, relation_words
from kgrec_core.explanation.what_if import Change, ItemEffect, Term, WhatIf
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.pipeline.feedback import blocked_rows
from kgrec_core.recommender.contract import EvidenceUnit, Modality
from kgrec_core.recommender.muting import Muted
from kgrec_ui.theme import MODALITY_NAMES, format_score, format_signed
from kgrec_ui.views.cold_start_view import list_change, with_moves
from kgrec_ui.views.explanation_view import evidence_label
from kgrec_ui.views.feedback_view import link_words
from kgrec_ui.views.words import counted, joined

__all__ = [
    "MoveView",
    "Step",
    "StepKind",
    "change_of_steps",
    "counterfactual_words",
    "effect_sentences",
    "moves_view",
    "step_name",
    "step_words",
]

StepKind = Literal["drop", "like", "modality", "relation", "link"]
SCHEMA = {
    "rank": pl.Int64,
    "item": pl.String,
    "score": pl.Float64,
    "rank before": pl.String,
    "score before": pl.Float64,
    "id": pl.String,
}
N_NAMED = 3
LETTERS_OF_MANY = 38
"""Of each name where a sentence names more than `N_NAMED`."""


@dataclass(frozen=True)
class Step:
    """One thing that is switched off or added, in the ids of the data.

    Attributes:
        kind: "drop" a past choice, "like" an item, or switch off a "modality", "relation", "link".
        ids: item id, name of the modality, relation id, or head, relation and tail of a link.
    """

    kind: StepKind
    ids: tuple[str, ...]


@dataclass(frozen=True)
class MoveView:
    """The new list against the old one.

    Attributes:
        table: the new list with moves, ranks and scores before.
        sentence: what happened.
        gone: items that left, with their ranks before and after.
        note: said when the model's own list differs from the one compared from; "" otherwise.
    """

    table: pl.DataFrame
    sentence: str
    gone: str
    note: str


def change_of_steps(
    steps: Sequence[Step], item_ids: Sequence[str], graph: KnowledgeGraph, like_weight: float
) -> Change:
    """All steps as one change.

    Args:
        steps: as they were made; items and links that the data does not have are passed over.
        item_ids: ids of all items.
        graph: of the run.
        like_weight: weight of an added choice.
    """
    places = {item_id: index for index, item_id in enumerate(item_ids)}
    modalities: list[Modality] = [
        step.ids[0]  # type: ignore[misc]  # steps are only made from known modalities
        for step in steps
        if step.kind == "modality"
    ]
    links = [step.ids for step in steps if step.kind == "link" and len(step.ids) == 3]
    return Change(
        dropped=tuple(
            EvidenceUnit("item", places[step.ids[0]])
            for step in steps
            if step.kind == "drop" and step.ids[0] in places
        ),
        likes=tuple(
            (places[step.ids[0]], like_weight)
            for step in steps
            if step.kind == "like" and step.ids[0] in places
        ),
        muted=Muted(
            frozenset(modalities),
            frozenset(step.ids[0] for step in steps if step.kind == "relation"),
            blocked_rows(graph, [(head, relation, tail) for head, relation, tail in links]),
        ),
    )


def step_words(step: Step, item_labels: Mapping[str, str], names: Names) -> str:
    """A step as a sentence would name it."""
    name = step_name(step, item_labels, names)
    if step.kind == "drop":
        return f"Without the choice “{name}”"
    if step.kind == "like":
        return f"With “{name}” as a new choice"
    if step.kind == "modality":
        return f"Without {name[:1].lower()}{name[1:]}"
    if step.kind == "relation":
        return f"Without all links “{name}”"
    return f"Without the link “{name}”"


def step_name(step: Step, item_labels: Mapping[str, str], names: Names) -> str:
    """What a step is about: the label of an item, a modality, a relation or a link."""
    first = step.ids[0]
    if step.kind in ("drop", "like"):
        return item_labels.get(first, first)
    if step.kind == "modality":
        return MODALITY_NAMES[first]
    if step.kind == "relation":
        return relation_words(first)
    rows = blocked_rows(names.graph, [(step.ids[0], step.ids[1], step.ids[2])])
    return ", ".join(link_words(row, names) for row in rows)


def moves_view(answer: WhatIf, names: Names) -> MoveView:
    """Who moved, in a table and in words."""
    before = answer.before.item_indices.tolist()
    after = answer.after.item_indices.tolist()
    change = list_change(
        [names.item_ids[item] for item in before], [names.item_ids[item] for item in after]
    )
    ranks = [answer.before.rank(item) for item in after]
    table = pl.DataFrame(
        {
            "rank": list(range(1, len(after) + 1)),
            "item": [names.item(item) for item in after],
            "score": [answer.after.score(item) for item in after],
            "rank before": [str(rank) if rank is not None else "–" for rank in ranks],
            "score before": [answer.before.score(item) for item in after],
            "id": [names.item_ids[item] for item in after],
        },
        schema=SCHEMA,
    )
    labels = {names.item_ids[item]: names.item(item) for item in before}
    brief = names.brief()
    gone = [
        f"{brief.item(item)} (rank {answer.before.rank(item)} → {_rank(answer.after.rank(item))})"
        for item in before
        if item not in after
    ]
    note = ""
    if answer.shifts_before:
        note = (
            "This model learned this user by heart. To compare like with like, both lists are "
            "made from the history alone, so the first one may differ from the list of the page."
        )
    return MoveView(
        with_moves(table, change),
        change.sentence(labels),
        f"Left the list: {joined(gone, 5)}." if gone else "",
        note,
    )


def effect_sentences(effect: ItemEffect, names: Names) -> tuple[str, ...]:
    """What a change does to one score: at fixed weights, and in all."""
    names = names.brief()
    label = names.item(effect.item_index)
    ranks = f"rank {_rank(effect.rank_before)} → {_rank(effect.rank_after)}"
    told = [
        f"“{label}”: score {format_score(effect.before.score)} → "
        f"{format_score(effect.after.score)} ({format_signed(effect.total)}), {ranks}."
    ]
    parts = []
    if effect.gone:
        parts.append(f"goes away: {_terms(effect.gone, names)}")
    if effect.came:
        parts.append(f"comes in: {_terms(effect.came, names)}")
    if parts:
        told.append(f"{_first_up('; '.join(parts))}.")
    if abs(effect.shifted) > 1e-6 * max(1.0, abs(effect.before.score)):
        told.append(f"What stays gets other weights now: {format_signed(effect.shifted)}.")
    return tuple(told)


def counterfactual_words(found: Counterfactual | NoCounterfactual, names: Names) -> tuple[str, str]:
    """The answer in one sentence that names the whole set, and how sure it is.

    The more the set has, the briefer are its names; the steps that try it out have them whole.
    """
    names = names.brief()
    if isinstance(found, NoCounterfactual):
        return no_counterfactual_sentence(found, names), ""
    label = names.item(found.item_index)
    part = names if found.size <= N_NAMED else names.brief(LETTERS_OF_MANY)
    if found.mode == "interactions":
        removed = _all_of([f"“{evidence_label(part, unit)}”" for unit in found.units])
        what = f"without {'the choice' if found.size == 1 else 'the choices'} {removed}"
    else:
        removed = _all_of([f"“{link_words(row, part)}”" for row in found.triples])
        what = f"without {'the link' if found.size == 1 else 'the links'} {removed}"
    sentence = (
        f"“{label}” would leave the first {found.k} (rank {found.rank_before} → "
        f"{found.rank_after}) {what}. “{names.item(found.replacement_index)}” would take its place."
    )
    proof = "No smaller set does it." if found.is_smallest_proved else "A smaller set may exist."
    scorings = counted(found.n_scorings, "re-scoring")
    return sentence, f"By scoring everything again ({scorings}). {proof}"


def _all_of(labels: Sequence[str]) -> str:
    """Every label: a set that does it is only one when it is whole."""
    if len(labels) == 1:
        return labels[0]
    return f"{', '.join(labels[:-1])} and {labels[-1]}"


def _terms(terms: Sequence[Term], names: Names) -> str:
    told = [
        f"{evidence_label(names, term.evidence)} in {MODALITY_NAMES[term.modality].lower()} "
        f"({format_signed(term.value)})"
        for term in terms
    ]
    return joined(told, N_NAMED)


def _first_up(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _rank(rank: int | None) -> str:
    return "–" if rank is None else f"{rank:,}"
