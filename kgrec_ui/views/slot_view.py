"""Where the sentences come from: each name in them with the term of the sum that it stands for."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from kgrec_core.explanation.names import Names, relation_words
from kgrec_core.explanation.reasons import Reason
from kgrec_core.recommender.contract import Contribution, PairExplanation
from kgrec_ui.theme import MODALITY_NAMES, format_score
from kgrec_ui.views.explanation_view import evidence_label

__all__ = ["slot_table"]

SCHEMA = {
    "sentence": pl.Int64,
    "names": pl.String,
    "stands for": pl.String,
    "term": pl.String,
    "part of the score": pl.Float64,
    "source": pl.String,
}


def slot_table(told: Sequence[Reason], explanation: PairExplanation, names: Names) -> pl.DataFrame:
    """One row per name in a sentence; the parts of a sentence add up to its value.

    Args:
        told: the reasons that became sentences, in their order.
        explanation: what they were made from.
        names: looks up labels and sources.
    """
    rows = [
        {
            "sentence": number,
            "names": evidence_label(names, explanation.contributions[position].evidence),
            "stands for": reason.label
            if reason.modality == "graph"
            else "this choice by itself"
            if explanation.contributions[position].evidence.kind == "item"
            else "what was said",
            "term": _product(explanation.contributions[position]),
            "part of the score": part,
            "source": _sources(reason, explanation.contributions[position], names),
        }
        for number, reason in enumerate(told, start=1)
        for position, part in zip(reason.positions, reason.parts, strict=True)
    ]
    return pl.DataFrame(rows, schema=SCHEMA)


def _product(term: Contribution) -> str:
    factors = " × ".join(format_score(value) for value in (term.attention, term.gate, term.kernel))
    return f"{MODALITY_NAMES[term.modality]}: {factors}"


def _sources(reason: Reason, term: Contribution, names: Names) -> str:
    """Files and rows of the links that the sentence states; what people chose has none."""
    if reason.modality != "graph":
        return "the histories" if term.modality == "collaborative" else ""
    found = []
    for path in term.paths:
        hops = names.hops(path)
        label = f"{relation_words(hops[-1].relation_id)} {names.entity(path.entity_indices[-2])}"
        if label == reason.label:
            found += [names.provenance(hop.triple_index) for hop in hops]
    return "; ".join(dict.fromkeys(found))
