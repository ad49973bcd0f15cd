"""Comparisons, changes and counterfactuals as plain JSON values, for the command line.

Items are {"item": id, "label": text}; a rank is null for an item that the user knows.
"""

from __future__ import annotations

from typing import Any

from kgrec_core.explanation.counterfactual import Counterfactual, NoCounterfactual
from kgrec_core.explanation.counterfactual_wording import (
    counterfactual_sentences,
    no_counterfactual_sentence,
)
from kgrec_core.explanation.names import Names
from kgrec_core.explanation.ranks import RankedItems
from kgrec_core.explanation.what_if import ItemEffect, Move, Term, WhatIf
from kgrec_core.explanation.why_not import Difference, WhyNot
from kgrec_core.explanation.why_not_wording import (
    difference_label,
    lacking_sentences,
    leading_sentences,
)
from kgrec_core.recommender.contract import EvidenceUnit

__all__ = ["counterfactual_to_json", "what_if_to_json", "why_not_to_json"]


def why_not_to_json(answer: WhyNot, names: Names, *, user_id: str | None) -> dict[str, Any]:
    """Two items beside each other; the differences add up to the gap.

    {"user", "item", "label", "rank", "score", "against": {the same of the other item}, "ranked":
    items that are ranked, "gap": score minus score of the other, "differences", "lacking":
    sentences, "leading": sentences}

    "differences" is a list, largest first, of {"modality" ("bias" for the bias), "label",
    "evidence": [{"kind", "id", "label"}], "kind", "relation", "entity" (of the graph, else null),
    "item": part of the score, "against": part of the other score, "value": item minus against}.
    """
    return {
        "user": user_id,
        **_item(answer.item_index, names),
        "rank": answer.rank_item,
        "score": answer.item.score,
        "against": {
            **_item(answer.against_index, names),
            "rank": answer.rank_against,
            "score": answer.against.score,
        },
        "ranked": answer.n_ranked,
        "gap": answer.gap,
        "differences": [_difference(row, names) for row in answer.differences],
        "lacking": [sentence.text for sentence in lacking_sentences(answer, names)],
        "leading": [sentence.text for sentence in leading_sentences(answer, names)],
    }


def what_if_to_json(
    answer: WhatIf, effect: ItemEffect | None, names: Names, *, user_id: str | None
) -> dict[str, Any]:
    """Lists before and after a change, and what it does to one item.

    {"user", "before": list, "after": list, "moves", "before_differs", "effect"}

    A list holds {"item", "label", "rank", "score"}; "moves" {"item", "label", "rank_before",
    "rank_after", "score_before", "score_after", "entered", "left"}. "before_differs" is true when
    the model shows another list for the known user, whose learned parameters no change can edit.
    "effect" is null, or for one item {"item", "label", "rank_before", "rank_after",
    "score_before", "score_after", "total", "direct", "shifted", "gone", "came"}, the last two with
    {"modality", "evidence", "value"}: direct is came minus gone, total is direct plus shifted.
    """
    return {
        "user": user_id,
        "before": _ranked(answer.before, names),
        "after": _ranked(answer.after, names),
        "moves": [_move(move, names) for move in answer.moves],
        "before_differs": answer.shifts_before,
        "effect": None if effect is None else _effect(effect, names),
    }


def counterfactual_to_json(
    found: Counterfactual | NoCounterfactual, names: Names, *, user_id: str | None
) -> dict[str, Any]:
    """The removal that was found, or why none was.

    {"user", "item", "label", "mode", "k", "found": true, "removed", "size", "rank_before",
    "rank_after", "score_before", "score_after", "replacement": item, "smallest_proved",
    "verified": true, "scorings", "text"}

    "removed" holds {"kind", "id", "label"} of choices, or {"head", "relation", "tail", "source"} of
    links, with ids. Otherwise "found" is false and beside user, item, label, mode and k there are
    "reason" ("not listed", "nothing to remove", "stays", "out of budget"), "rank_before",
    "rank_without_all", "scorings" and "text".
    """
    common = {
        "user": user_id,
        **_item(found.item_index, names),
        "mode": found.mode,
        "k": found.k,
        "rank_before": found.rank_before,
        "scorings": found.n_scorings,
    }
    if isinstance(found, NoCounterfactual):
        return common | {
            "found": False,
            "reason": found.reason,
            "rank_without_all": found.rank_without_all,
            "text": no_counterfactual_sentence(found, names),
        }
    units = [_unit(unit, names) for unit in found.units]
    return common | {
        "found": True,
        "removed": units + [_link(triple, names) for triple in found.triples],
        "size": found.size,
        "rank_after": found.rank_after,
        "score_before": found.score_before,
        "score_after": found.score_after,
        "replacement": _item(found.replacement_index, names),
        "smallest_proved": found.is_smallest_proved,
        "verified": found.verified,
        "text": " ".join(counterfactual_sentences(found, names)),
    }


def _item(index: int, names: Names) -> dict[str, str]:
    return {"item": names.item_ids[index], "label": names.item(index)}


def _unit(unit: EvidenceUnit, names: Names) -> dict[str, str]:
    label = names.evidence_label(unit)
    return {"kind": unit.kind, "id": names.evidence_id(unit), "label": label}


def _link(triple_index: int, names: Names) -> dict[str, str]:
    head, relation, tail = names.graph.triples[triple_index].tolist()
    return {
        "head": names.graph.entities.id_of(head),
        "relation": names.graph.relations.id_of(relation),
        "tail": names.graph.entities.id_of(tail),
        "source": names.provenance(triple_index),
    }


def _ranked(found: RankedItems, names: Names) -> list[dict[str, Any]]:
    return [
        {**_item(index, names), "rank": rank, "score": found.score(index)}
        for rank, index in enumerate(found.item_indices.tolist(), start=1)
    ]


def _move(move: Move, names: Names) -> dict[str, Any]:
    return {
        **_item(move.item_index, names),
        "rank_before": move.rank_before,
        "rank_after": move.rank_after,
        "score_before": move.score_before,
        "score_after": move.score_after,
        "entered": not move.in_before,
        "left": not move.in_after,
    }


def _effect(effect: ItemEffect, names: Names) -> dict[str, Any]:
    return {
        **_item(effect.item_index, names),
        "rank_before": effect.rank_before,
        "rank_after": effect.rank_after,
        "score_before": effect.before.score,
        "score_after": effect.after.score,
        "total": effect.total,
        "direct": effect.direct,
        "shifted": effect.shifted,
        "gone": [_term(term, names) for term in effect.gone],
        "came": [_term(term, names) for term in effect.came],
    }


def _term(term: Term, names: Names) -> dict[str, Any]:
    return {
        "modality": term.modality,
        "evidence": _unit(term.evidence, names),
        "value": term.value,
    }


def _difference(row: Difference, names: Names) -> dict[str, Any]:
    is_graph = row.key.modality == "graph"
    return {
        "modality": row.key.modality,
        "label": difference_label(row, names),
        "evidence": [_unit(unit, names) for unit in row.evidence],
        "kind": row.key.kind,
        "relation": row.key.relation_id if is_graph else None,
        "entity": names.graph.entities.id_of(row.key.entity_index) if is_graph else None,
        "item": row.value_item,
        "against": row.value_against,
        "value": row.value,
    }
