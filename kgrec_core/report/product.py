"""One part of a score as the product that it is: gate times attention times kernel."""

from __future__ import annotations

from dataclasses import dataclass

from kgrec_core.explanation.names import Names
from kgrec_core.figures import format_signed
from kgrec_core.palette import MODALITY_NAMES
from kgrec_core.recommender.contract import PairExplanation

__all__ = ["Product", "largest_product"]

IN_ONE_PIECE = "profile"
"""Evidence of models that know a user as a whole: there is no product to show."""


@dataclass(frozen=True)
class Product:
    """One cell of the sum.

    Attributes:
        evidence: what it comes from, for people.
        modality: view that speaks.
        gate: how loud the view is.
        attention: share of the evidence.
        kernel: what the evidence says about the item.
        value: gate * attention * kernel.
    """

    evidence: str
    modality: str
    gate: float
    attention: float
    kernel: float
    value: float

    @property
    def words(self) -> str:
        """The product with its numbers; four digits, so that it can be worked out again."""
        return (
            f"gate {self.gate:.4g} × attention {self.attention:.4g} × kernel {self.kernel:.4g} = "
            f"{format_signed(self.value)}"
        ).replace("-", "−")

    @property
    def view(self) -> str:
        """The view that speaks, as people call it."""
        return MODALITY_NAMES[self.modality]


def largest_product(pair: PairExplanation, names: Names) -> Product | None:
    """The largest cell of a pair; None when there is none, or when the user is one piece.

    Cells that are a reason of their own come first: those of the graph are told by path instead.
    """
    terms = [term for term in pair.contributions if term.value]
    alone = [term for term in terms if term.modality != "graph"]
    largest = max(alone or terms, key=lambda term: abs(term.value), default=None)
    if largest is None or largest.evidence.kind == IN_ONE_PIECE:
        return None
    return Product(
        names.evidence_label(largest.evidence),
        largest.modality,
        largest.gate,
        largest.attention,
        largest.kernel,
        largest.value,
    )
