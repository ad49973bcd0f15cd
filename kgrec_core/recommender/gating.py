"""How loud each channel is: gates chosen on the validation part, for long and short histories."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import scipy.sparse as sp

from kgrec_core.contracts import FloatArray, IndexArray
from kgrec_core.data.interactions import Interactions
from kgrec_core.recommender.channels.channel import Channel, LowRankKernel
from kgrec_core.recommender.contract import TrainingData, UserEvidence
from kgrec_core.recommender.evidence import Histories, shortened
from kgrec_core.recommender.fusion_settings import GateParameters
from kgrec_core.recommender.validation import Candidates

__all__ = ["GateProblem", "GatedChannel", "choose_gates", "gate_problems"]

Matrix = np.ndarray[Any, np.dtype[np.float32]]

SHORT_LENGTHS = (1, 3, 5, 10)
MULTIPLIERS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
SHORT_MULTIPLIERS = (0.25, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)
"""For a history of one choice: there a channel for short histories may drown all others."""
HALVES = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
LEAST_GAIN = 1e-4
ROUNDS = 2
ACCEPTED_LOSS = 0.003
"""Share of the accuracy on whole histories that reading short ones well may cost."""


@dataclass(frozen=True)
class GatedChannel:
    """A channel and how loud it is.

    Attributes:
        channel: what it says.
        gate: weight, and how it falls with the length of the history.
        prior: what the channel holds of each item before any evidence, float32 (n_items,), or
            None; it enters the bias, as loud as the channel.
    """

    channel: Channel
    gate: GateParameters
    prior: FloatArray | None = None

    def loudness(self, n_voices: int) -> float:
        """The gate of a user with `n_voices` units of evidence; 0 without any."""
        if n_voices == 0:
            return 0.0
        return self.gate.weight * self.gate.fading(n_voices)

    def scores(self, users: Sequence[UserEvidence]) -> Matrix:
        """Gate times channel, prior included, float32 (n_users, n_items)."""
        strengths = self.channel.strengths(users)
        loudness = self._loudness_of(strengths)
        strengths.data *= np.repeat(loudness.ravel(), np.diff(strengths.indptr))
        kernel = self.channel.kernel
        if self.prior is None:
            return kernel.spread(strengths)
        if isinstance(kernel, LowRankKernel):
            # The prior is one more direction, so that one product does all.
            left = np.concatenate([strengths @ kernel.source, loudness], axis=1)
            return np.asarray(left @ self._target_and_prior.T, dtype=np.float32)
        return kernel.spread(strengths) + loudness * self.prior

    @cached_property
    def _target_and_prior(self) -> Matrix:
        """Targets with the prior as last column, float32 (n_items, rank + 1)."""
        target = self.channel.kernel.arrays()["target"]
        prior = np.zeros(target.shape[0]) if self.prior is None else self.prior
        return np.column_stack([target, prior]).astype(np.float32)

    def prior_scores(self, users: Sequence[UserEvidence]) -> Matrix | np.float32:
        """The part of `scores` that is prior, float32 (n_users, n_items); 0 without one."""
        if self.prior is None:
            return np.float32(0.0)
        return np.asarray(self._loudness_of(self.channel.strengths(users)) * self.prior)

    def _loudness_of(self, strengths: sp.csr_array) -> Matrix:
        n_voices = np.diff(strengths.indptr)
        return np.array([[self.loudness(int(n))] for n in n_voices], dtype=np.float32)

    def muted(self) -> GatedChannel | None:
        """The channel with nothing left but its prior, which is bias; None without one."""
        if self.prior is None:
            return None
        nothing = LowRankKernel(
            np.zeros((self.channel.n_sources, 0), dtype=np.float32),
            np.zeros((self.prior.size, 0), dtype=np.float32),
        )
        return replace(self, channel=replace(self.channel, kernel=nothing))

    def extended(self, n_items: int) -> GatedChannel:
        """The same over a longer list of items."""
        prior = self.prior
        if prior is not None:
            prior = np.pad(prior, (0, n_items - prior.size))
        return GatedChannel(self.channel.extended(n_items), self.gate, prior)


ScoreUsers = Callable[[Sequence[UserEvidence]], Matrix]
"""Users to scores of all items, float32 (m, n_items)."""


@dataclass(frozen=True)
class GateProblem:
    """Users with histories of one kind, the core's scores of their candidates, and the channels'.

    Attributes:
        candidates: whom and what it is about.
        core: float32 (m, n_candidates).
        parts: scores of each channel, by name, float32 (m, n_candidates).
        n_voices: evidence of each user per channel, by name, int64 (m,).
    """

    candidates: Candidates
    core: Matrix
    parts: dict[str, Matrix]
    n_voices: dict[str, IndexArray]

    def mixed(self, gates: dict[str, GateParameters]) -> Matrix:
        """Core plus gated channels, float32 (m, n_candidates)."""
        total = self.core.copy()
        for name, gate in gates.items():
            if gate.weight and name in self.parts:
                n = self.n_voices[name]
                loudness = np.array([gate.weight * gate.fading(int(m)) if m else 0.0 for m in n])
                total += loudness.astype(np.float32)[:, None] * self.parts[name]
        return total

    def ndcg(self, gates: dict[str, GateParameters], k: int) -> float:
        """What gates are judged by."""
        return self.candidates.ndcg(self.mixed(gates), k)


def gate_problems(
    data: TrainingData,
    newcomers: Interactions,
    score_core: ScoreUsers,
    channels: Sequence[GatedChannel],
    *,
    max_users: int,
    rng: np.random.Generator,
) -> list[GateProblem]:
    """Validation users with their whole training history, then newcomers with a few items each.

    Args:
        data: channels and core are fitted on `data.train`.
        newcomers: all interactions of users that neither core nor channels have seen.
        score_core: users to scores of all items.
        channels: with any gate; only their channel and prior count.
        max_users: drawn at random when there are more.
        rng: draws users, and what a newcomer shows.
    """
    known, held_out = data.train.user_counts() > 0, data.validation.user_counts() > 0
    users = np.flatnonzero(known & held_out).astype(np.int64)
    if users.size > max_users:
        users = np.sort(rng.choice(users, max_users, replace=False))
    shown, hidden = data.train.matrix(), data.validation.matrix()
    whole = Histories(data.train, data.side).all_of(users)
    problems = [_problem(users, whole, shown, hidden, score_core, channels)]
    for length in SHORT_LENGTHS:
        few = np.flatnonzero(newcomers.user_counts() > length).astype(np.int64)
        if few.size:
            histories = Histories(newcomers).all_of(few)
            short = [shortened(user, length, rng) for user in histories]
            shown = _shown(few, short, newcomers)
            hidden = newcomers.matrix()
            hidden.data[:] = 1.0
            hidden = sp.csr_array(hidden - shown)
            hidden.eliminate_zeros()
            problems.append(_problem(few, short, shown, hidden, score_core, channels))
    return problems


def _shown(users: IndexArray, short: list[UserEvidence], like: Interactions) -> sp.csr_array:
    """1 where a newcomer shows an item, (n_users, n_items)."""
    items = np.concatenate([user.item_indices for user in short])
    owners = np.repeat(users, [user.item_indices.size for user in short])
    ones = np.ones(items.size, dtype=np.float32)
    return sp.csr_array((ones, (owners, items)), shape=(like.n_users, like.n_items))


def _problem(
    users: IndexArray,
    evidence: Sequence[UserEvidence],
    shown: sp.csr_array,
    hidden: sp.csr_array,
    score_core: ScoreUsers,
    channels: Sequence[GatedChannel],
) -> GateProblem:
    core = score_core(evidence)
    found: dict[str, Matrix] = {}
    n_voices: dict[str, IndexArray] = {}
    for gated in channels:
        channel = gated.channel
        strengths = channel.strengths(evidence)
        scores = channel.kernel.spread(strengths)
        found[channel.name] = scores if gated.prior is None else scores + gated.prior
        n_voices[channel.name] = np.diff(strengths.indptr).astype(np.int64)
    candidates = Candidates.of((core, *found.values()), users, shown, hidden)
    parts = {name: candidates.of_scores(scores, 0.0) for name, scores in found.items()}
    return GateProblem(candidates, candidates.of_scores(core), parts, n_voices)


def choose_gates(
    problems: Sequence[GateProblem], names: Sequence[str], short_names: Sequence[str], k: int
) -> tuple[dict[str, GateParameters], float]:
    """Coordinate search: lasting channels on whole histories, then falling ones on all lengths.

    Args:
        problems: whole histories first, then short ones.
        names: channels whose gate does not depend on the history.
        short_names: channels that are for short histories.
        k: list length.

    Returns:
        Gates by channel, and the NDCG on whole histories.
    """
    whole = problems[0]
    units = {name: _unit(whole, name) for name in (*names, *short_names)}
    gates = {name: GateParameters(weight=0.0) for name in names}
    best = whole.ndcg(gates, k)
    for _ in range(ROUNDS):
        for name in names:
            for multiplier in (0.0, *MULTIPLIERS):
                trial = gates | {name: GateParameters(weight=multiplier * units[name])}
                value = whole.ndcg(trial, k)
                if value > best + LEAST_GAIN:
                    best, gates = value, trial
    for name in short_names:
        gates = _short_gate(problems, gates, name, units[name], k)
    return gates, whole.ndcg(gates, k)


def _short_gate(
    problems: Sequence[GateProblem],
    gates: dict[str, GateParameters],
    name: str,
    unit: float,
    k: int,
) -> dict[str, GateParameters]:
    """The gate of one channel for short histories, judged by the mean over all lengths."""
    floor = problems[0].ndcg(gates, k) * (1.0 - ACCEPTED_LOSS)
    best = float(np.mean([problem.ndcg(gates, k) for problem in problems]))
    chosen = gates
    for half in HALVES:
        of_one = GateParameters(weight=1.0, half=half).fading(1)
        for multiplier in SHORT_MULTIPLIERS:
            gate = GateParameters(weight=multiplier * unit / of_one, half=half)
            trial = gates | {name: gate}
            if problems[0].ndcg(trial, k) < floor:
                continue  # whole histories must not pay for short ones
            value = float(np.mean([problem.ndcg(trial, k) for problem in problems]))
            if value > best + LEAST_GAIN:
                best, chosen = value, trial
    return chosen


def _unit(problem: GateProblem, name: str) -> float:
    """Weight that makes a channel's scores spread as widely as the core's."""
    core = float(np.where(problem.core > -1e29, problem.core, 0.0).std(axis=1).mean())
    part = float(problem.parts[name].std(axis=1).mean())
    return (core or 1.0) / part if part > 0 else 0.0
