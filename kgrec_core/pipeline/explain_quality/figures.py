"""The figures of a report: names for people, what is good, and which have a target."""

from __future__ import annotations

from dataclasses import dataclass

from kgrec_core.pipeline.explain_quality.lists import list_cutoffs
from kgrec_core.pipeline.explain_quality.pairs import STABLE_AT
from kgrec_core.pipeline.explain_quality.report import Better, Section

__all__ = ["COMPARISONS", "Figure", "figures"]


@dataclass(frozen=True)
class Figure:
    """One figure and its rule.

    Attributes:
        key: name of the values, also in the report.
        section: where it belongs.
        label: for people.
        help: one sentence.
        better: which way is good.
        is_share: shown as per cent.
        is_largest: the largest single value counts, not the mean.
        at_least: the target; None without one.
        at_most: likewise.
        has_groups: also told per group of users.
    """

    key: str
    section: Section
    label: str
    help: str
    better: Better = ""
    is_share: bool = False
    is_largest: bool = False
    at_least: float | None = None
    at_most: float | None = None
    has_groups: bool = True

    @property
    def target(self) -> str:
        """The rule in words; "" without one."""
        if self.at_least is not None:
            return f"{self.at_least:.0%}" if self.is_share else f"at least {self.at_least:g}"
        return "" if self.at_most is None else f"at most {self.at_most:g}"


COMPARISONS: dict[str, tuple[str, Better, str]] = {
    "deletion": ("DEL@10", "lower", "below all three orders, no overlap"),
    "cndcg": ("CNDCG@10", "lower", "below all three orders, no overlap"),
    "insertion": ("INS@10", "higher", ""),
    "position": ("POS@10", "lower", ""),
}
"""Label, what is better, and the target of each comparison with other orders."""

_EXACT = (
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
_REASONS = (
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
_COUNTERFACTUAL = (
    Figure(
        "cf_verified",
        "counterfactuals",
        "Verified",
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
        "Verified, links instead of choices",
        "The same for links of the item that are taken out of the graph.",
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
_ATTENTION = (
    Figure(
        "attention_tau",
        "attention",
        "Attention against leave-one-out",
        "Kendall's tau between attention and what the score loses without each choice.",
        "higher",
    ),
    Figure(
        "shuffle_effect",
        "attention",
        "Shuffled weights",
        "Median change of the score over 100 shuffles of the weights, as a share of all "
        "contributions by size.",
        "higher",
        is_share=True,
    ),
    Figure(
        "attention_change",
        "attention",
        "Change from item to item",
        "How far the attention of a choice moves between the items of one list, as a share of its "
        "mean; at 0 the weights are global.",
        is_share=True,
        has_groups=False,
    ),
)
_WORDS = (
    Figure(
        "words",
        "words",
        "Sentences found in the evidence",
        "Share of the sentences whose every slot is found in the contributions and triples that "
        "they are tied to.",
        "higher",
        is_share=True,
        at_least=1.0,
    ),
    Figure(
        "cf_words",
        "words",
        "Sentences about counterfactuals",
        "Share of the answers whose sentences state only what was found and confirmed.",
        "higher",
        is_share=True,
        at_least=1.0,
        has_groups=False,
    ),
)


def figures(k: int) -> tuple[Figure, ...]:
    """All figures of a report about lists of length `k`."""
    return (*_EXACT, *_REASONS, *_COUNTERFACTUAL, *_paths(k), *_ATTENTION, *_stability(), *_WORDS)


def _paths(k: int) -> tuple[Figure, ...]:
    validity = Figure(
        "path_validity",
        "paths",
        "Valid paths",
        "Share of told paths whose every triple is in the training graph and that use no held-out "
        "interaction.",
        "higher",
        is_share=True,
        at_least=1.0,
    )
    kinds = (
        ("coverage", "Items with a path", "Share of the list that has a path, over k.", "higher"),
        ("lir", "Recency of the linking choice (LIR)", "1 is the latest choice of a user.", ""),
        ("sep", "Popularity of the shared entity (SEP)", "1 is the best linked of its type.", ""),
        ("etd", "Diversity of path types (ETD)", "Different types over min(k, all types).", ""),
        ("ptc", "Mix of path types (PTC)", "0 when all paths are of one type.", ""),
    )
    found = [validity]
    for name, label, words, better in kinds:
        for cutoff in list_cutoffs(k):
            if (name, cutoff) == ("ptc", 1):
                continue  # one path has no mix
            found.append(
                Figure(
                    f"{name}@{cutoff}",
                    "paths",
                    f"{label} @{cutoff}",
                    words,
                    "higher" if better else "",
                    is_share=name == "coverage",
                    has_groups=cutoff == k,
                )
            )
    return tuple(found)


def _stability() -> tuple[Figure, ...]:
    found = []
    for k in STABLE_AT:
        found.append(
            Figure(
                f"jaccard@{k}",
                "stability",
                f"Same reasons under other seeds (Jaccard@{k})",
                f"Overlap of the {k} strongest choices of a pair over three seeds.",
                "higher",
            )
        )
        found.append(
            Figure(
                f"jaccard@{k}:random",
                "stability",
                f"Jaccard@{k} by chance",
                "Overlap of random choices of the same number.",
                has_groups=False,
            )
        )
    return tuple(found)
