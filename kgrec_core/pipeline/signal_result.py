"""What the test of a knowledge graph found: one verdict with its numbers per set of links."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

__all__ = ["CARRIES", "NOTHING", "NO_LINKS", "WEAK", "WRONG", "LinkSignal", "SignalResult"]

CARRIES = "carries signal"
WEAK = "weak"
NOTHING = "says nothing about your items; check the link file"
WRONG = "points the wrong way; check the link file"
NO_LINKS = "no item has a link"


@dataclass(frozen=True)
class LinkSignal:
    """What the links of one relation, of one file, or all links are worth.

    Attributes:
        name: relation, file, or "all".
        n_linked: items with such a link.
        share_linked: the same as a share of all items.
        value: NDCG with the true links.
        scrambled: mean NDCG over the deals.
        deviation: standard deviation over the deals.
        scrambled_low: 2.5th percentile over the deals.
        scrambled_high: 97.5th percentile.
        difference: value - scrambled.
        low: lower end of its 95 % bootstrap interval over users.
        high: upper end.
        p_value: share of deals (with the true one) that are at least as good as the true links.
        p_worse: share of them that are at most as good.
        verdict: in words.
        deals: mean NDCG of each deal; empty in results of older versions.
    """

    name: str
    n_linked: int
    share_linked: float
    value: float
    scrambled: float
    deviation: float
    scrambled_low: float
    scrambled_high: float
    difference: float
    low: float
    high: float
    p_value: float
    p_worse: float
    verdict: str
    deals: tuple[float, ...] = ()

    @property
    def has_signal(self) -> bool:
        """True when the links may be used."""
        return self.verdict in (CARRIES, WEAK)

    @property
    def finding(self) -> str:
        """The verdict without advice: one weak relation does not make a wrong file."""
        return self.verdict.partition(";")[0]


@dataclass(frozen=True)
class SignalResult:
    """The test of a graph.

    Attributes:
        dataset: name of the data set.
        metric: "ndcg@20".
        n_users: users in the test.
        n_scrambles: deals of the links.
        random: NDCG of random lists.
        popularity: NDCG of the same popular items for everybody, to compare with.
        overall: all links together.
        sources: the links of each file alone; a wrong file must not hide behind a right one.
        relations: each relation alone, the one with the most links first.
    """

    dataset: str
    metric: str
    n_users: int
    n_scrambles: int
    random: float
    popularity: float
    overall: LinkSignal
    sources: tuple[LinkSignal, ...]
    relations: tuple[LinkSignal, ...]

    @property
    def has_signal(self) -> bool:
        """True when the links of every file may be used."""
        return bool(self.sources) and all(found.has_signal for found in self.sources)

    @property
    def sentences(self) -> tuple[str, ...]:
        """One per file: the verdict with its numbers, for people."""
        if self.overall.verdict == NO_LINKS:
            return ("No item has a link, so there is nothing to test.",)
        return tuple(
            f"Links from {found.name}: {found.verdict}. Ranking by them alone reaches "
            f"{self.metric} {found.value:.4f}; shuffled among the items they reach "
            f"{found.scrambled:.4f} ({found.scrambled_low:.4f} to {found.scrambled_high:.4f}); "
            f"random lists {self.random:.4f}, popularity {self.popularity:.4f}. "
            f"{found.share_linked:.0%} of the items have such links."
            for found in self.sources or (self.overall,)
        )

    def to_json(self) -> dict[str, Any]:
        """A dictionary of plain values."""
        values = dataclasses.asdict(self)
        parts = [values["overall"], *values["sources"], *values["relations"]]
        for part in parts:
            part["deals"] = list(part["deals"])
        lists = {name: list(values[name]) for name in ("sources", "relations")}
        told = {"has_signal": self.has_signal, "sentences": list(self.sentences)}
        return values | lists | told

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> SignalResult:
        """The result that `to_json` wrote down."""
        fields = {field.name: values[field.name] for field in dataclasses.fields(cls)}
        fields["overall"] = _link_signal(values["overall"])
        for name in ("sources", "relations"):
            fields[name] = tuple(_link_signal(found) for found in values[name])
        return cls(**fields)


def _link_signal(values: dict[str, Any]) -> LinkSignal:
    return LinkSignal(**{**values, "deals": tuple(values.get("deals", ()))})
