"""Looks at every sampled user, one part after another, and puts the parts together."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kgrec_core.contracts import BoolArray, IndexArray, OnProgress, Progress
from kgrec_core.explanation.quality.estimates import Observations
from kgrec_core.pipeline.explain_quality.judging import Observed
from kgrec_core.pipeline.explain_quality.lists import (
    ListMeasures,
    add_diversity,
    residuals_of_all_items,
)
from kgrec_core.pipeline.explain_quality.pairs import PairMeasures
from kgrec_core.pipeline.explain_quality.parts import KeptParts, UserPart
from kgrec_core.pipeline.explain_quality.sampling import Sample, groups_of
from kgrec_core.pipeline.explain_quality.settings import QualitySettings
from kgrec_core.pipeline.loaded_run import LoadedRun
from kgrec_core.pipeline.seed_twins import SeedTwins
from kgrec_core.recommender.contract import UserEvidence

__all__ = ["Counted", "observe"]

N_EXACT_USERS = 3
MOST_EXACT_ITEMS = 100
Streams = Sequence[np.random.Generator]


@dataclass(frozen=True)
class Counted:
    """How much was looked at.

    Attributes:
        n_pairs: explained pairs.
        n_deep: pairs that were scored again and again.
        seconds: of all parts, by the clock.
    """

    n_pairs: int
    n_deep: int
    seconds: float


@dataclass(frozen=True)
class _Looking:
    """Measures lists of users, and takes those from their files that were measured before."""

    listing: ListMeasures
    pairs: PairMeasures
    parts: KeptParts

    def part(
        self, name: str, index: int, items: IndexArray | None, rng: np.random.Generator
    ) -> UserPart:
        """What one list gives; without items it is the list that the user gets."""
        kept = self.parts.part(f"{name}-{index}", lambda: self._measured(index, items, rng))
        return UserPart.from_json(kept)

    def _measured(
        self, index: int, items: IndexArray | None, rng: np.random.Generator
    ) -> dict[str, Any]:
        start, kept = time.perf_counter(), Observations()
        run, settings = self.pairs.run, self.pairs.settings
        user = run.evidence_of(index)
        k = settings.k if items is None else items.size
        if items is None:
            items = run.recommend(user, k).item_indices
        found = self.listing.explained(index, user, items)
        types = self.listing.add(found, kept, k)
        drawn = rng.permutation(len(found.explanations))[: settings.n_deep]
        told = [found.explanations[place] for place in drawn]
        n_deep = self.pairs.add(index, user, told, kept, rng)
        return UserPart(
            values=kept.of_user(index),
            n_pairs=len(found.explanations),
            n_deep=n_deep,
            types=types.told,
            shown_types=types.shown,
            seconds=found.seconds,
            processor_seconds=found.processor_seconds,
            spent=time.perf_counter() - start,
        ).to_json()


def observe(
    run: LoadedRun,
    settings: QualitySettings,
    seeds: SeedTwins | None,
    sample: Sample,
    rng: np.random.Generator,
    *,
    parts: KeptParts,
    on_progress: OnProgress,
) -> tuple[Observed, Counted]:
    """Measure the lists of all sampled users.

    Every list draws from a stream of its own, so what was measured before a stop and after it
    fits together as if there had been none.

    Args:
        run: as loaded.
        settings: of the measuring.
        seeds: the run and its twins; None leaves out what needs them.
        sample: users, at least one with a history.
        rng: all streams come from it.
        parts: where finished lists are kept.
        on_progress: hears about each user; may raise `CancelledError`.
    """
    looking = _Looking(ListMeasures(run), PairMeasures(run, settings, seeds), parts)
    looking.listing.warm_up(run.evidence_of(int(sample.warm[0])))
    found: dict[str, list[tuple[int, UserPart]]] = {"listed": [], "cold-item": [], "cold-user": []}
    for name, index, part in _walk(looking, sample, rng, on_progress):
        found[name].append((index, part))
    everything = [part for own in found.values() for _, part in own]
    n_types = len({type_ for part in everything for type_ in part.types})
    # One item that nobody chose is no list of k: at longer cutoffs it would only tell 1 / k.
    lengths = {"listed": settings.k, "cold-item": 1, "cold-user": settings.k}
    main, cold_items, cold_users = (
        _joined(own, lengths[name], n_types) for name, own in found.items()
    )
    n_pairs = sum(part.n_pairs for part in everything)
    per_100 = 100.0 / max(1, n_pairs)
    observed = Observed(
        main,
        cold_items,
        cold_users,
        groups_of(run, sample.warm),
        _residuals(run, sample, rng.spawn(1)[0], parts),
        per_100 * sum(part.seconds for part in everything),
        per_100 * sum(part.processor_seconds for part in everything),
    )
    n_deep, spent = sum(p.n_deep for p in everything), sum(p.spent for p in everything)
    return observed, Counted(n_pairs, n_deep, spent)


def _walk(
    looking: _Looking, sample: Sample, rng: np.random.Generator, on_progress: OnProgress
) -> Iterator[tuple[str, int, UserPart]]:
    """Name of the list, user and part: of users, of items nobody chose, of people without any."""
    run, n_warm = looking.pairs.run, int(sample.warm.size)
    is_cold = run.split.cold_items()
    n_for_cold_items = looking.pairs.settings.n_peer_users if is_cold.any() else 0
    for done, (index, own, other) in enumerate(_streams(sample.warm, rng)):
        on_progress(Progress("Explaining users", done, n_warm, {}))
        yield "listed", index, looking.part("listed", index, None, own)
        if done < n_for_cold_items:
            best = _best_cold(run, run.evidence_of(index), is_cold)
            yield "cold-item", index, looking.part("cold-item", index, best, other)
    for done, (index, own, _) in enumerate(_streams(sample.cold, rng)):
        on_progress(Progress("Explaining people without choices", done, sample.cold.size, {}))
        yield "cold-user", index, looking.part("cold-user", index, None, own)


def _streams(
    users: IndexArray, rng: np.random.Generator
) -> list[tuple[int, np.random.Generator, np.random.Generator]]:
    """Each user with two generators that depend on nothing but the place in the sample."""
    spawned = rng.spawn(2 * users.size)
    return list(zip(users.tolist(), spawned[::2], spawned[1::2], strict=True))


def _joined(found: list[tuple[int, UserPart]], k: int, n_types: int) -> Observations:
    kept = Observations()
    for user, part in found:
        kept.add_user(user, part.values)
        add_diversity(kept, user, part.shown_types, k, max(1, n_types))
    return kept


def _best_cold(run: LoadedRun, user: UserEvidence, is_cold: BoolArray) -> IndexArray:
    """The item that fits a user best among those that nobody chose, int64 (1,)."""
    scores = np.where(is_cold, run.recommender.score([user])[0], -np.inf)
    return np.array([int(scores.argmax())], dtype=np.int64)


def _residuals(
    run: LoadedRun, sample: Sample, rng: np.random.Generator, parts: KeptParts
) -> list[float]:
    users = sample.warm[:N_EXACT_USERS].tolist()

    def make() -> dict[str, Any]:
        return {"residuals": residuals_of_all_items(run, users, MOST_EXACT_ITEMS, rng)}

    found: list[float] = parts.part("all-items", make)["residuals"]
    return found
