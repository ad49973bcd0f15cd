"""Counterfactuals in words; each sentence states what was verified and nothing else."""

from __future__ import annotations

from kgrec_core.explanation.counterfactual import Counterfactual, NoCounterfactual
from kgrec_core.explanation.names import Names
from kgrec_core.explanation.wording import listed

__all__ = ["counterfactual_sentences", "link_label", "no_counterfactual_sentence"]


def counterfactual_sentences(found: Counterfactual, names: Names) -> list[str]:
    """What would happen without the removed part, and whether less would do."""
    item, replacement = names.item(found.item_index), names.item(found.replacement_index)
    if found.mode == "links":
        labels = [link_label(triple, found.item_index, names) for triple in found.triples]
        what = f"its link{'s' * (len(labels) > 1)} {listed([f'“{label}”' for label in labels])}"
    else:
        what = f"the choice of {listed([names.evidence_label(unit) for unit in found.units])}"
    told = (
        f"Without {what}, {item} would be number {found.rank_after} instead of "
        f"{found.rank_before}; {replacement} would come into the first {found.k}."
    )
    if not found.is_smallest_proved:
        return [told, "A smaller set may exist: not all of them were tried."]
    return [told, "Nothing less would do."]


def no_counterfactual_sentence(found: NoCounterfactual, names: Names) -> str:
    """Why there is no answer."""
    item, links = names.item(found.item_index), found.mode == "links"
    if found.reason == "not listed":
        if found.rank_before is None:
            return f"{item} is in the history, so it is not recommended."
        return f"{item} is number {found.rank_before}, so it is not among the first {found.k}."
    if found.reason == "nothing to remove":
        return f"No link speaks for {item}." if links else "There is no choice to take away."
    if found.reason == "stays":
        without = "any link that speaks for it" if links else "any of the choices"
        return f"Even without {without}, {item} would be number {found.rank_without_all}."
    return f"The search ended after {found.n_scorings:,} scorings without an answer."


def link_label(triple_index: int, item_index: int, names: Names) -> str:
    """A link of an item as words: "directed by Varda"."""
    head, relation, tail = names.graph.triples[triple_index].tolist()
    other = tail if head == item_index else head
    return f"{names.relation(names.graph.relations.id_of(relation))} {names.entity(other)}"
