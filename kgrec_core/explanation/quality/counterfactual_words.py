"""Reads sentences about counterfactuals back: names, ranks and sizes must be those of the answer.

EXPLANATION_METRICS.md, section 7.
"""

from __future__ import annotations

from kgrec_core.explanation.counterfactual import Counterfactual
from kgrec_core.explanation.counterfactual_wording import link_label
from kgrec_core.explanation.names import Names
from kgrec_core.explanation.quality.words import read_list

__all__ = ["states_counterfactual"]

SMALLEST = "Nothing less would do."
MAYBE_SMALLER = "A smaller set may exist: not all of them were tried."


def states_counterfactual(text: str, found: Counterfactual, names: Names) -> bool:
    """True when a sentence says of a counterfactual only what it holds."""
    if text in (SMALLEST, MAYBE_SMALLER):
        return found.is_smallest_proved == (text == SMALLEST)
    item, replacement = names.item(found.item_index), names.item(found.replacement_index)
    end = (
        f", {item} would be number {found.rank_after} instead of {found.rank_before}; "
        f"{replacement} would come into the first {found.k}."
    )
    start, labels = _removed(found, names)
    if not (text.startswith(start) and text.endswith(end)):
        return False
    return read_list(text[len(start) : len(text) - len(end)], labels) == len(labels)


def _removed(found: Counterfactual, names: Names) -> tuple[str, list[str]]:
    """How the sentence has to begin, and the labels that its list stands for."""
    if found.mode == "links":
        links = [f"“{link_label(t, found.item_index, names)}”" for t in found.triples]
        return f"Without its link{'s' if len(links) > 1 else ''} ", links
    return "Without the choice of ", [names.evidence_label(unit) for unit in found.units]
