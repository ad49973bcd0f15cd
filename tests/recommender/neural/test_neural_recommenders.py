from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from kgrec_core.contracts import Progress
from kgrec_core.errors import ConfigError, MissingStepError
from kgrec_core.recommender.contract import Recommender, TrainingData, UserEvidence
from kgrec_core.recommender.registry import (
    create_recommender,
    restore_recommender,
    settings_class,
)
from kgrec_core.rng import make_rng
from tests.recommender.problems import N, checkerboard, random_problem

NAMES = ("kgat", "fusion-network", "anil")
VARIANTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("fusion-network", {"fusion": "concat"}),
    ("fusion-network", {"scorer": "transformer"}),
    ("kgat", {"aggregator": "sum", "n_layers": 2}),
)


def fitted(
    name: str, data: TrainingData, settings: dict[str, Any] | None = None, seed: int = 0
) -> Recommender:
    recommender = create_recommender(name, settings or {})
    recommender.fit(data, rng=make_rng(seed))
    return recommender


@cache
def of_checkerboard(name: str) -> Recommender:
    """One fitted model for all tests that only read it."""
    return fitted(name, checkerboard())


def best_unseen(scores: np.ndarray, user: UserEvidence) -> int:
    masked = scores.copy()
    masked[user.item_indices] = -np.inf
    return int(np.argmax(masked))


def newcomers(data: TrainingData) -> list[UserEvidence]:
    known = data.known()
    return [UserEvidence.of_likes(known.of_user(user).item_indices) for user in range(N)]


@pytest.mark.parametrize(("name", "settings"), VARIANTS)
def test_each_variant_gives_every_user_the_held_out_item(
    name: str, settings: dict[str, Any]
) -> None:
    data = checkerboard()
    users = [UserEvidence.of_user(data.known(), user) for user in range(N)]
    scores = fitted(name, data, settings).score(users)
    assert [best_unseen(row, user) for row, user in zip(scores, users, strict=True)] == [*range(N)]


@pytest.mark.parametrize("name", NAMES)
def test_newcomers_with_the_history_of_a_known_user_get_the_held_out_item(name: str) -> None:
    data = checkerboard()
    users = newcomers(data)
    scores = of_checkerboard(name).score(users)
    assert [best_unseen(row, user) for row, user in zip(scores, users, strict=True)] == [*range(N)]


@pytest.mark.parametrize("name", NAMES)
def test_an_item_added_later_goes_to_the_users_its_links_fit(name: str) -> None:
    data, longer = checkerboard(), checkerboard(n_extra=2)
    restored = restore_recommender(name, of_checkerboard(name).state(), longer)
    scores = restored.score(newcomers(data))
    even = np.arange(N) % 2 == 0
    assert (scores[even, N] > scores[even, N + 1]).all()
    assert (scores[~even, N + 1] > scores[~even, N]).all()


@pytest.mark.parametrize("name", NAMES)
def test_items_added_later_leave_all_other_scores_alone(name: str) -> None:
    data, longer = checkerboard(), checkerboard(n_extra=2)
    recommender = of_checkerboard(name)
    restored = restore_recommender(name, recommender.state(), longer)
    users = [UserEvidence.of_user(data.known(), user) for user in range(N)]
    np.testing.assert_allclose(
        restored.score(users)[:, :N], recommender.score(users), rtol=1e-6, atol=1e-6
    )


@pytest.mark.parametrize("name", ["kgat", "fusion-network"])
def test_a_known_user_whose_evidence_was_edited_is_a_newcomer(name: str) -> None:
    data = random_problem(2, n_users=12, n_items=9)
    recommender = fitted(name, data)
    known = UserEvidence.of_user(data.known(), 4)
    edited = replace(known, user_index=-1)
    assert (recommender.score([known]) != recommender.score([edited])).any()


@pytest.mark.parametrize("name", NAMES)
def test_another_seed_gives_another_model(name: str) -> None:
    data = random_problem(6, n_users=15, n_items=10)
    users = [UserEvidence.of_user(data.known(), 1)]
    first, other = fitted(name, data, seed=1), fitted(name, data, seed=2)
    assert (first.score(users) != other.score(users)).any()


@pytest.mark.parametrize("name", NAMES)
def test_a_model_needs_no_texts_no_links_and_no_validation(name: str) -> None:
    data = checkerboard()
    graph = replace(
        data.graph, triples=data.graph.triples[:0], provenance=data.graph.provenance.head(0)
    )
    bare = TrainingData(
        data.known(), data.validation.select(np.zeros(0, dtype=np.int64)), graph, np.zeros((N, 0))
    )
    users = newcomers(data)
    scores = fitted(name, bare).score(users)
    assert [best_unseen(row, user) for row, user in zip(scores, users, strict=True)] == [*range(N)]


@pytest.mark.parametrize("name", NAMES)
def test_an_explanation_is_the_bias_and_one_profile(name: str) -> None:
    data = random_problem(2, n_users=12, n_items=9)
    told = fitted(name, data).explain(UserEvidence.of_user(data.known(), 1), 3)
    (term,) = told.contributions
    assert (term.modality, term.evidence.kind, term.evidence.index) == (
        "collaborative",
        "profile",
        0,
    )
    assert (term.attention, term.gate, term.kernel) == (1.0, 1.0, term.value)
    assert told.score == pytest.approx(told.bias + term.value, abs=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_training_tells_how_good_it_is(name: str) -> None:
    seen: list[Progress] = []
    recommender = create_recommender(name, {"n_epochs": 3})
    metrics = recommender.fit(checkerboard(), rng=make_rng(0), on_progress=seen.append)
    assert all(0 < report.done <= report.total for report in seen)
    told = [r.metrics["validation ndcg"] for r in seen if "validation ndcg" in r.metrics]
    assert max(told) == metrics["validation ndcg"]
    assert 1 <= metrics["epochs"] <= 3


@pytest.mark.parametrize("name", NAMES)
def test_scoring_before_fitting_is_refused(name: str) -> None:
    with pytest.raises(MissingStepError, match=f"'{name}' has to be fitted"):
        create_recommender(name, {}).score([UserEvidence()])


@pytest.mark.parametrize("name", NAMES)
def test_a_search_may_try_only_settings_that_exist_and_pass_their_checks(name: str) -> None:
    known = settings_class(name)
    space = known.search_space  # type: ignore[attr-defined]
    assert set(space) <= set(known.model_fields)
    for setting, tried in space.items():
        ends = tried.options if hasattr(tried, "options") else (tried.low, tried.high)
        for value in ends:
            create_recommender(name, {setting: value})


def test_heads_that_do_not_divide_the_vectors_are_refused() -> None:
    with pytest.raises(ConfigError, match="'n_heads' must divide 'embedding_dim'"):
        create_recommender(
            "fusion-network", {"scorer": "transformer", "n_heads": 3, "embedding_dim": 32}
        )
