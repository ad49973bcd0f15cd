"""Figures about scores: exactness, named reasons, counterfactuals."""

from __future__ import annotations

from kgrec_core.pipeline.explain_quality.figure import Figure

__all__ = ["COUNTERFACTUAL", "EXACT", "REASONS"]

EXACT = (
    Figure(
        "residual",
        "exactness",
        "Residual",
        "Largest |score - (bias + sum of contributions)| / max(1, |score|).",
        "lower",
        is_largest=True,
        at_most=1e-5,
    ),
    Figure(
        "path_gap",
        "exactness",
        "Paths against their cell",
        "Largest |contribution - sum of its paths| / max(1, |contribution|).",
        "lower",
        is_largest=True,
        at_most=1e-5,
        has_groups=False,
    ),
    Figure(
        "deletion_gap",
        "exactness",
        "Deletion with weights held fixed",
        "Largest |what the score loses - contribution| / max(1, |score|) when one choice is taken "
        "out and the weights of the others stay.",
        "lower",
        is_largest=True,
        at_most=1e-5,
        has_groups=False,
    ),
    Figure(
        "direct_total_tau",
        "exactness",
        "Direct against total effect",
        "Kendall's tau between contributions and what the score loses when everything is scored "
        "again, so that the other weights move too.",
        "higher",
    ),
)
REASONS = (
    Figure(
        "fidelity_plus",
        "fidelity",
        "Fidelity+",
        "Share of items that leave the list when the named reasons are taken out.",
        "higher",
        is_share=True,
    ),
    Figure(
        "fidelity_minus",
        "fidelity",
        "Fidelity−",
        "Share of items that leave the list when only the named reasons are kept.",
        "lower",
        is_share=True,
    ),
    Figure(
        "named_share",
        "fidelity",
        "Size of the named reasons",
        "Share of what is known about a user that the sentences name.",
        is_share=True,
    ),
    Figure(
        "comprehensiveness",
        "fidelity",
        "Comprehensiveness",
        "What the score loses without the strongest 1, 5, 10, 20 and 50 % of the units, averaged.",
        "higher",
    ),
    Figure(
        "comprehensiveness:random",
        "fidelity",
        "Comprehensiveness of random units",
        "The same for random units.",
        has_groups=False,
    ),
    Figure(
        "sufficiency",
        "fidelity",
        "Sufficiency",
        "What is missing from the score with the strongest units alone, averaged likewise.",
        "lower",
    ),
    Figure(
        "sufficiency:random",
        "fidelity",
        "Sufficiency of random units",
        "The same for random units.",
        has_groups=False,
    ),
)
COUNTERFACTUAL = (
    Figure(
        "cf_verified",
        "counterfactuals",
        "Counterfactuals confirmed",
        "Share of the found sets of choices after whose removal the item really is out of the "
        "list, scored again apart from the search.",
        "higher",
        is_share=True,
        at_least=1.0,
    ),
    Figure(
        "cf_success",
        "counterfactuals",
        "Found",
        "Share of pairs with such a set.",
        "higher",
        is_share=True,
    ),
    Figure("cf_size", "counterfactuals", "Choices in the set", "Mean size.", "lower"),
    Figure(
        "cf_smallest",
        "counterfactuals",
        "Proved to be the smallest",
        "Share of the sets of which it is proved that no smaller one does it.",
        "higher",
        is_share=True,
        has_groups=False,
    ),
    Figure(
        "cf_cost",
        "counterfactuals",
        "Scorings of a search",
        "How often a user is scored to find and verify a set.",
        "lower",
        has_groups=False,
    ),
    Figure(
        "cf_links_verified",
        "counterfactuals",
        "Counterfactuals confirmed, links",
        "The same for sets of links of the item that are taken out of the graph.",
        "higher",
        is_share=True,
        at_least=1.0,
        has_groups=False,
    ),
    Figure(
        "cf_links_success",
        "counterfactuals",
        "Found, links",
        "Share of pairs that some links of the item keep in the list.",
        is_share=True,
    ),
    Figure(
        "cf_links_size",
        "counterfactuals",
        "Links in the set",
        "Mean size.",
        "lower",
        has_groups=False,
    ),
    Figure(
        "pn",
        "counterfactuals",
        "Necessary (PN)",
        "Share of pairs that leave the list without the named reasons; the count of fidelity+.",
        "higher",
        is_share=True,
    ),
    Figure(
        "ps",
        "counterfactuals",
        "Sufficient (PS)",
        "Share of pairs that stay with the named reasons alone; 1 - fidelity−.",
        "higher",
        is_share=True,
    ),
)
