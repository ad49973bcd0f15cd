from __future__ import annotations

import numpy as np
import pytest

from kgrec_core.recommender.channels.few_shots import few_shot_channel
from kgrec_core.recommender.contract import UserEvidence
from kgrec_core.recommender.fusion_settings import GateParameters
from kgrec_core.recommender.gating import GatedChannel, GateProblem, choose_gates, gate_problems
from kgrec_core.recommender.validation import Candidates
from kgrec_core.rng import make_rng
from tests.recommender.problems import random_problem


def problem_of(core: list[list[float]], part: list[list[float]], n_voices: int) -> GateProblem:
    """Two users, three candidates, the first is held out; one channel called "x"."""
    items = np.tile(np.arange(3), (2, 1))
    zeros, ones = np.zeros(2, dtype=np.int64), np.ones(2, dtype=np.int64)
    candidates = Candidates(np.arange(2), items, np.arange(2), zeros, ones)
    voices = {"x": np.full(2, n_voices, dtype=np.int64)}
    return GateProblem(candidates, np.float32(core), {"x": np.float32(part)}, voices)


RIGHT = [[3.0, 1.0, 0.0], [3.0, 1.0, 0.0]]
WRONG = [[0.0, 1.0, 3.0], [0.0, 1.0, 3.0]]


def test_a_channel_that_knows_better_is_switched_on() -> None:
    gates, value = choose_gates([problem_of(WRONG, RIGHT, 5)], ["x"], [], k=2)
    assert gates["x"].weight > 0
    assert value == pytest.approx(1.0)


def test_a_channel_that_only_disturbs_stays_silent() -> None:
    gates, value = choose_gates([problem_of(RIGHT, WRONG, 5)], ["x"], [], k=2)
    assert gates["x"].weight == 0
    assert value == pytest.approx(1.0)


def test_a_short_channel_fades_so_that_long_histories_do_not_pay() -> None:
    long, short = problem_of(RIGHT, WRONG, 100), problem_of(WRONG, RIGHT, 1)
    gates, value = choose_gates([long, short], [], ["x"], k=2)
    assert gates["x"].half is not None
    assert value == pytest.approx(1.0)
    assert short.ndcg(gates, 2) == pytest.approx(1.0)


def test_a_short_channel_may_fade_as_fast_as_the_square_of_the_length() -> None:
    """One choice needs a loudness above 1, ten choices one below 0.02: a fall by more than 50."""
    long = problem_of([[0.06, 0.02, 0.0], [0.06, 0.02, 0.0]], WRONG, 10)
    short = problem_of(WRONG, RIGHT, 1)
    gates, value = choose_gates([long, short], [], ["x"], k=2)
    assert value == pytest.approx(1.0)
    assert short.ndcg(gates, 2) == pytest.approx(1.0)


def test_the_gate_is_a_quarter_at_its_half_and_nothing_without_evidence() -> None:
    data = random_problem(1, n_users=9, n_items=6)
    channel = few_shot_channel(data.train)
    assert channel is not None
    gated = GatedChannel(channel, GateParameters(weight=2.0, half=3.0))
    assert [gated.loudness(n) for n in (0, 3)] == [0.0, 0.5]


def test_the_prior_is_as_loud_as_the_channel() -> None:
    data = random_problem(2, n_users=9, n_items=6)
    channel = few_shot_channel(data.train)
    assert channel is not None
    prior = np.arange(6, dtype=np.float32)
    user = UserEvidence.of_likes(np.array([1, 2, 3]))
    gated = GatedChannel(channel, GateParameters(weight=2.0, half=3.0), prior)
    np.testing.assert_allclose(gated.prior_scores([user])[0], 0.5 * prior)
    expected = 0.5 * (channel.scores([user]) + prior)
    np.testing.assert_allclose(gated.scores([user]), expected, rtol=1e-6)


def test_newcomers_are_judged_by_what_they_do_not_show() -> None:
    data = random_problem(3, n_users=20, n_items=15)
    newcomers = data.train.select(data.train.user_indices >= 15)
    asked: list[list[UserEvidence]] = []

    def core(users: list[UserEvidence]) -> np.ndarray:
        asked.append(list(users))
        return np.zeros((len(users), 15), dtype=np.float32)

    problems = gate_problems(data, newcomers, core, [], max_users=50, rng=make_rng(0))
    lengths = {user.item_indices.size for users in asked[1:] for user in users}
    assert lengths <= {1, 3, 5, 10}
    for problem, users in zip(problems[1:], asked[1:], strict=True):
        counts = newcomers.user_counts()[problem.candidates.users]
        shown = np.array([user.item_indices.size for user in users])
        assert problem.candidates.n_relevant.tolist() == (counts - shown).tolist()
