"""What was measured about the explanations of a run, as plain values and as JSON."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Literal

from kgrec_core.explanation.quality.estimates import Estimate
from kgrec_core.pipeline.seed_twins import AttentionWorth

__all__ = [
    "Better",
    "Comparison",
    "Measure",
    "MethodRow",
    "QualityReport",
    "Section",
    "Verdict",
]

Section = Literal[
    "exactness", "fidelity", "counterfactuals", "paths", "attention", "stability", "words", "speed"
]
Better = Literal["higher", "lower", ""]
Verdict = Literal["met", "missed", "not measured", ""]
"""Empty where there is no target."""


@dataclass(frozen=True)
class Measure:
    """One figure over users.

    Attributes:
        key: stable name, such as "path_validity".
        section: which part of the specification it belongs to.
        label: name for people.
        help: one sentence on what it is.
        better: which way is good.
        estimate: mean over users with interval, and who is left out.
        target: in words; "" without one.
        verdict: whether the target is met.
        groups: the same for parts of the users, by the name of the group.
        is_share: a share of something, shown as per cent.
    """

    key: str
    section: Section
    label: str
    help: str
    better: Better
    estimate: Estimate
    target: str = ""
    verdict: Verdict = ""
    groups: dict[str, Estimate] = dataclasses.field(default_factory=dict)
    is_share: bool = False


@dataclass(frozen=True)
class Comparison:
    """One measure of fidelity of the explanation's order beside other orders.

    Attributes:
        key: "deletion", "insertion", "position" or "cndcg".
        label: "DEL@10".
        better: which way is good.
        explainer: of the explanation.
        rivals: of random orders (mean), popularity and recency, by name; an order that does not
            exist for anybody has no value.
        leads: lead of the explanation over each, for the same users; above 0 is better.
        target: in words; "" without one.
        verdict: met when the intervals of all rivals lie on the worse side, without overlap.
        groups: lead over random orders for parts of the users.
    """

    key: str
    label: str
    better: Better
    explainer: Estimate
    rivals: dict[str, Estimate]
    leads: dict[str, Estimate]
    target: str
    verdict: Verdict
    groups: dict[str, Estimate]


@dataclass(frozen=True)
class MethodRow:
    """Fidelity of one way of explaining one model, on that model's own lists.

    Attributes:
        model: registry name of the explained model.
        method: "contributions", "leave-one-out" or "LIME-style".
        position: POS of its order.
        position_random: POS of random orders of the same units.
        cndcg: CNDCG of its order.
        cndcg_random: CNDCG of random orders of the same units.
        deletion_lead: lead in DEL over random orders, in units of the spread of those orders.
        beaten: share of the random orders with a worse DEL.
        n_rescored: parts of the evidence that are scored to make one explanation.
    """

    model: str
    method: str
    position: Estimate
    position_random: Estimate
    cndcg: Estimate
    cndcg_random: Estimate
    deletion_lead: Estimate
    beaten: Estimate
    n_rescored: float


@dataclass(frozen=True)
class QualityReport:
    """Everything that was measured about the explanations of a run.

    Attributes:
        run_id: measured run.
        model: its registry name.
        settings: of the measuring, as JSON.
        n_users: users with a history that were looked at.
        n_pairs: explained pairs.
        n_deep: pairs that were scored again and again.
        seconds: wall-clock time of the measuring, fits left out.
        measures: all single figures.
        comparisons: fidelity beside the three orders.
        methods: explanations made from outside beside ours; empty when not measured.
        worth: what attention is worth; None when not measured.
        peer_overlap: share of LightGCN's list of a known user that is in the list of the same user
            folded in: what is explained from outside is the latter; None when not measured.
    """

    run_id: str
    model: str
    settings: dict[str, Any]
    n_users: int
    n_pairs: int
    n_deep: int
    seconds: float
    measures: tuple[Measure, ...]
    comparisons: tuple[Comparison, ...]
    methods: tuple[MethodRow, ...] = ()
    worth: AttentionWorth | None = None
    peer_overlap: Estimate | None = None

    def measure(self, key: str) -> Measure | None:
        """One figure by its key; None when it is not in the report."""
        return next((found for found in self.measures if found.key == key), None)

    @property
    def missed(self) -> tuple[str, ...]:
        """Labels of the figures whose target is missed."""
        return tuple(label for label, verdict in self.verdicts if verdict == "missed")

    @property
    def verdicts(self) -> tuple[tuple[str, Verdict], ...]:
        """Label and verdict of everything that has a target."""
        compared = [(found.label, found.verdict) for found in self.comparisons if found.verdict]
        single = [(found.label, found.verdict) for found in self.measures if found.verdict]
        return (*compared, *single)

    def to_json(self) -> dict[str, Any]:
        """A dictionary of plain values."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> QualityReport:
        """The report that `to_json` wrote down."""
        worth = values["worth"]
        overlap = values["peer_overlap"]
        return cls(
            **{
                **values,
                "measures": tuple(_measure(found) for found in values["measures"]),
                "comparisons": tuple(_comparison(found) for found in values["comparisons"]),
                "methods": tuple(_method(found) for found in values["methods"]),
                "worth": AttentionWorth(**{**worth, "difference": tuple(worth["difference"])})
                if worth
                else None,
                "peer_overlap": Estimate(**overlap) if overlap else None,
            }
        )


def _measure(values: dict[str, Any]) -> Measure:
    fields = {"estimate": Estimate(**values["estimate"]), "groups": _estimates(values["groups"])}
    return Measure(**{**values, **fields})


def _comparison(values: dict[str, Any]) -> Comparison:
    parts = {name: _estimates(values[name]) for name in ("rivals", "leads", "groups")}
    return Comparison(**{**values, **parts, "explainer": Estimate(**values["explainer"])})


def _method(values: dict[str, Any]) -> MethodRow:
    parts: dict[str, Any] = {
        name: Estimate(**value) if isinstance(value, dict) else value
        for name, value in values.items()
    }
    return MethodRow(**parts)


def _estimates(values: dict[str, dict[str, Any]]) -> dict[str, Estimate]:
    return {name: Estimate(**value) for name, value in values.items()}
