"""The kept measures of the explanations of a run, read from its folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kgrec_core.errors import ArtifactError
from kgrec_core.storage.artifacts import read_json
from kgrec_core.storage.workspace import Workspace

__all__ = ["Estimate", "Figure", "Method", "OrderTest", "Quality", "kept_quality"]

FILE_NAME = "explain-quality.json"


@dataclass(frozen=True)
class Estimate:
    """A mean over users with its 95 % interval; None where nobody has a value."""

    value: float | None
    low: float | None
    high: float | None
    n_users: int


@dataclass(frozen=True)
class Figure:
    """One measure: name, one sentence on it, value, target and whether it is met; and by group."""

    key: str
    label: str
    help: str
    estimate: Estimate
    is_share: bool
    target: str
    verdict: str
    groups: dict[str, Estimate]


@dataclass(frozen=True)
class OrderTest:
    """One measure of fidelity of the explanation's order beside other orders; lead by group."""

    key: str
    label: str
    better: str
    own: Estimate
    rivals: dict[str, Estimate]
    lead: Estimate
    verdict: str
    groups: dict[str, Estimate]


@dataclass(frozen=True)
class Method:
    """One way of explaining one model from its own lists: POS and CNDCG beside random orders."""

    model: str
    method: str
    position: Estimate
    position_random: Estimate
    cndcg: Estimate
    cndcg_random: Estimate
    n_rescored: float


@dataclass(frozen=True)
class Quality:
    """What `kgrec explain-quality` kept.

    Attributes:
        n_users: users that were looked at.
        n_pairs: explained pairs.
        n_deep: pairs that were scored again and again with evidence taken out.
        figures: single measures.
        orders: fidelity beside random orders, popularity and recency.
        worth: (metric, of the run, with uniform attention, difference, low, high); None when it
            was not measured.
        methods: explanations made from outside beside ours; empty when not measured.
    """

    n_users: int
    n_pairs: int
    n_deep: int
    figures: tuple[Figure, ...]
    orders: tuple[OrderTest, ...]
    worth: tuple[str, float, float, float, float, float] | None
    methods: tuple[Method, ...] = ()

    def figure(self, key: str) -> Figure | None:
        """One measure by its key; None when it is not there."""
        return next((found for found in self.figures if found.key == key), None)

    def order(self, key: str) -> OrderTest | None:
        """One measure of fidelity by its key; None when it is not there."""
        return next((found for found in self.orders if found.key == key), None)

    @property
    def verdicts(self) -> list[tuple[str, str]]:
        """Name and verdict of everything that has a target."""
        found = [(figure.label, figure.verdict) for figure in self.figures if figure.verdict]
        return found + [(test.label, test.verdict) for test in self.orders if test.verdict]


def kept_quality(workspace: Workspace, run_id: str) -> Quality | None:
    """The kept measures of a run; None when there are none that can be read."""
    path = workspace.run_folder(run_id) / FILE_NAME
    try:
        return _quality(read_json(path))
    except (ArtifactError, AttributeError, KeyError, TypeError, ValueError):
        return None


def _quality(values: dict[str, Any]) -> Quality:
    worth = values.get("worth")
    return Quality(
        int(values["n_users"]),
        int(values["n_pairs"]),
        int(values["n_deep"]),
        tuple(_figure(found) for found in values["measures"]),
        tuple(_order(found) for found in values["comparisons"]),
        _worth(worth) if worth else None,
        tuple(_method(found) for found in values["methods"]),
    )


def _method(values: dict[str, Any]) -> Method:
    return Method(
        str(values["model"]),
        str(values["method"]),
        _estimate(values["position"]),
        _estimate(values["position_random"]),
        _estimate(values["cndcg"]),
        _estimate(values["cndcg_random"]),
        float(values["n_rescored"]),
    )


def _worth(values: dict[str, Any]) -> tuple[str, float, float, float, float, float]:
    difference, low, high = (float(value) for value in values["difference"])
    return (
        str(values["metric"]),
        float(values["own"]),
        float(values["uniform"]),
        difference,
        low,
        high,
    )


def _figure(values: dict[str, Any]) -> Figure:
    return Figure(
        str(values["key"]),
        str(values["label"]),
        str(values["help"]),
        _estimate(values["estimate"]),
        bool(values["is_share"]),
        str(values["target"]),
        str(values["verdict"]),
        _estimates(values["groups"]),
    )


def _order(values: dict[str, Any]) -> OrderTest:
    return OrderTest(
        str(values["key"]),
        str(values["label"]),
        str(values["better"]),
        _estimate(values["explainer"]),
        _estimates(values["rivals"]),
        _estimate(values["leads"]["random"]),
        str(values["verdict"]),
        _estimates(values["groups"]),
    )


def _estimates(values: dict[str, Any]) -> dict[str, Estimate]:
    return {str(name): _estimate(found) for name, found in values.items()}


def _estimate(values: dict[str, Any]) -> Estimate:
    ends = [None if values[key] is None else float(values[key]) for key in ("value", "low", "high")]
    return Estimate(ends[0], ends[1], ends[2], int(values["n_users"]))
