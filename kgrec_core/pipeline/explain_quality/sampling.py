"""Whose explanations are measured, and which groups these users belong to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kgrec_core.contracts import IndexArray
from kgrec_core.pipeline.loaded_run import LoadedRun

__all__ = ["Group", "Sample", "draw_sample", "groups_of"]

SMALLEST_GROUP = 5
"""Fewer users of an attribute say too little."""
MOST_ATTRIBUTES = 12
COLD_SHARE = 0.2


@dataclass(frozen=True)
class Sample:
    """Users that are looked at.

    Attributes:
        warm: with a history, int64 (n,).
        cold: without any, but with friends or attributes, int64 (m,); may be empty.
    """

    warm: IndexArray
    cold: IndexArray


@dataclass(frozen=True)
class Group:
    """Some of the sampled users under a name for people."""

    name: str
    users: tuple[int, ...]


def draw_sample(run: LoadedRun, n_users: int, rng: np.random.Generator) -> Sample:
    """Random users with a history, and a fifth as many without one where something is known."""
    counts = run.split.fitting().user_counts()
    warm = _drawn(np.flatnonzero(counts), n_users, rng)
    unseen: list[int] = []
    if run.inputs.data.side is not None:  # else nothing is known about them
        without = np.flatnonzero(counts == 0).tolist()
        unseen = [user for user in without if not run.evidence_of(user).is_empty]
    cold = _drawn(np.array(unseen, dtype=np.int64), int(COLD_SHARE * n_users), rng)
    return Sample(warm, cold)


def groups_of(run: LoadedRun, users: IndexArray) -> tuple[Group, ...]:
    """Quarters of all users by length of history, then the most frequent attributes."""
    return (*_quarters(run, users), *_attributes(run, users))


def _quarters(run: LoadedRun, users: IndexArray) -> list[Group]:
    counts = run.split.fitting().user_counts()
    edges = np.quantile(counts[counts > 0], (0.25, 0.5, 0.75)) if counts.any() else np.zeros(3)
    places = np.searchsorted(edges, counts[users], side="left")
    found = []
    for place, words in enumerate(("fewest", "few", "many", "most")):
        own = users[places == place]
        if own.size:
            low, high = int(counts[own].min()), int(counts[own].max())
            span = f"{low} to {high}" if high > low else f"{low}"
            found.append(Group(f"{words} choices ({span})", tuple(own.tolist())))
    return found


def _attributes(run: LoadedRun, users: IndexArray) -> list[Group]:
    side = run.inputs.data.side
    if side is None or not side.attribute_labels:
        return []
    members: dict[int, list[int]] = {}
    for user in users.tolist():
        for attribute in side.attributes_of(user).tolist():
            members.setdefault(attribute, []).append(user)
    large = [found for found in members.items() if len(found[1]) >= SMALLEST_GROUP]
    large.sort(key=lambda found: -len(found[1]))
    return [
        Group(side.attribute_labels[attribute], tuple(own))
        for attribute, own in large[:MOST_ATTRIBUTES]
    ]


def _drawn(users: IndexArray, n: int, rng: np.random.Generator) -> IndexArray:
    if users.size > n:
        users = rng.choice(users, n, replace=False)
    return np.sort(users).astype(np.int64)
