"""What a search of settings tried and found, as plain values that can be kept."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Literal

from kgrec_core.saved_settings import VERSION_KEY, present, stamped

__all__ = ["Trial", "TrialState", "TuningResult"]

TrialState = Literal["done", "failed", "stopped", "repeated"]


@dataclass(frozen=True)
class Trial:
    """One setting that was tried.

    Attributes:
        number: from 0; trial 0 has the default settings.
        settings: what differs from the defaults.
        value: NDCG on the validation part; None when there is none.
        seconds: wall-clock time of fit and measurement.
        state: "done"; "failed" with an error of ours; "stopped" by the clock; "repeated": the same
            settings had been tried before, so their value was taken over.
        error: why it failed; "" otherwise.
    """

    number: int
    settings: dict[str, Any]
    value: float | None
    seconds: float
    state: TrialState
    error: str = ""


@dataclass(frozen=True)
class TuningResult:
    """What a search found.

    Attributes:
        model: registry name.
        settings: the best ones, as `create_recommender` takes them.
        value: their NDCG on the validation part; None when no trial finished.
        metric: name of the value ("ndcg@20").
        trials: all that was tried, in order.
        seconds: wall-clock time of the whole search.
        ended_by: "trials" or "time"; "space" when there is nothing to search; "" while it goes on.
    """

    model: str
    settings: dict[str, Any]
    value: float | None
    metric: str
    trials: tuple[Trial, ...]
    seconds: float
    ended_by: str

    def to_json(self) -> dict[str, Any]:
        """A dictionary of plain values."""
        trials = [dataclasses.asdict(trial) for trial in self.trials]
        return stamped(dataclasses.asdict(self) | {"trials": trials})

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> TuningResult:
        """The result that `to_json` wrote down, in this or an older version.

        Raises:
            ArtifactError: it is of a later version.
        """
        found = present("search", values, "the search")
        del found[VERSION_KEY]
        return cls(**found | {"trials": tuple(Trial(**trial) for trial in found["trials"])})
