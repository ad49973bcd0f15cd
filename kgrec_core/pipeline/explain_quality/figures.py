"""The figures of a report: names for people, what is good, and which have a target."""

from __future__ import annotations

from kgrec_core.pipeline.explain_quality.figure import Figure
from kgrec_core.pipeline.explain_quality.lists import list_cutoffs
from kgrec_core.pipeline.explain_quality.pairs import STABLE_AT
from kgrec_core.pipeline.explain_quality.report import Better
from kgrec_core.pipeline.explain_quality.score_figures import COUNTERFACTUAL, EXACT, REASONS

__all__ = ["COMPARISONS", "figures"]

COMPARISONS: dict[str, tuple[str, Better, str]] = {
    "deletion": ("DEL@10", "lower", "below all three orders, no overlap"),
    "cndcg": ("CNDCG@10", "lower", "below all three orders, no overlap"),
    "insertion": ("INS@10", "higher", ""),
    "position": ("POS@10", "lower", ""),
}
"""Label, what is better, and the target of each comparison with other orders."""

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
    return (*EXACT, *REASONS, *COUNTERFACTUAL, *_paths(k), *_ATTENTION, *_stability(), *_WORDS)


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
