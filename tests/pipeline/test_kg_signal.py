from __future__ import annotations

import csv
import dataclasses
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from kgrec_core.data.interactions import Interactions
from kgrec_core.errors import DataError
from kgrec_core.evaluation.ranking import ndcg_at_k
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.pipeline.importing import import_path, read_mapping
from kgrec_core.pipeline.kg_signal import (
    SignalResult,
    SignalSettings,
    kept_signal,
    measure_signal,
    signal_of_links,
)
from kgrec_core.pipeline.signal_ranking import (
    ContentRanking,
    HeldOut,
    LinkFeatures,
    dealt_out,
    link_features,
)
from kgrec_core.rng import make_rng
from kgrec_core.storage.workspace import Workspace
from tests.recommender.problems import graph_of, interactions_of

N_ITEMS, N_GROUPS, N_USERS = 120, 12, 90
FAST = SignalSettings(n_scrambles=40, n_bootstrap=200, k=10)
FASTER = FAST.model_copy(update={"n_scrambles": 20, "max_relations": 0, "max_users": 150})
MOVIES = Path(__file__).parents[2] / "sample_data" / "movies"


def planted_graph(group_of: np.ndarray, popularity_links: bool = False) -> KnowledgeGraph:
    """Each item is linked to its group; popular items (low index) may have many more links."""
    entities = [(f"group:{g}", "group") for g in range(N_GROUPS)]
    links = [(i, "in_group", N_ITEMS + int(group_of[i])) for i in range(N_ITEMS)]
    if popularity_links:
        entities += [(f"extra:{e}", "extra") for e in range(60)]
        rng = make_rng(9)
        for item in range(N_ITEMS):
            n_links = 30 if item < N_ITEMS // 4 else 2
            extras = N_ITEMS + N_GROUPS + rng.choice(60, n_links, replace=False)
            links += [(item, "has_extra", int(extra)) for extra in extras]
    return graph_of(N_ITEMS, entities, links)


def behavior(*, by_group: bool) -> tuple[Interactions, Interactions]:
    """Users who like one group, or users who like what is popular; training and held-out part."""
    rng = make_rng(1)
    shares = np.where(np.arange(N_ITEMS) < N_ITEMS // 4, 8.0, 1.0)
    train, held = [], []
    for user in range(N_USERS):
        weights = shares.copy()
        if by_group:
            weights = np.where(np.arange(N_ITEMS) % N_GROUPS == user % N_GROUPS, 30.0, 1.0)
        chosen = rng.choice(N_ITEMS, 9, replace=False, p=weights / weights.sum())
        train += [(user, int(item)) for item in chosen[:6]]
        held += [(user, int(item)) for item in chosen[6:]]
    return (
        interactions_of(train, N_USERS, N_ITEMS),
        interactions_of(held, N_USERS, N_ITEMS),
    )


TRUE_GROUPS = np.arange(N_ITEMS) % N_GROUPS


def test_links_that_follow_taste_carry_signal() -> None:
    train, held = behavior(by_group=True)
    found = signal_of_links(planted_graph(TRUE_GROUPS), train, held, FAST)
    assert found.overall.verdict == "carries signal"
    assert found.has_signal
    assert found.overall.value > 3 * found.overall.scrambled
    assert found.overall.p_value == 1 / 41
    assert found.overall.low > 0


def test_links_with_wrong_ids_say_nothing() -> None:
    train, held = behavior(by_group=True)
    wrong = make_rng(2).permutation(TRUE_GROUPS)
    found = signal_of_links(planted_graph(wrong), train, held, FAST)
    assert found.overall.verdict == "says nothing about your items; check the link file"
    assert not found.has_signal


def test_links_between_items_that_nobody_likes_together_point_the_wrong_way() -> None:
    train, held = behavior(by_group=True)
    # Ten items of ten different groups share each link: a match leads away from the taste.
    across = np.arange(N_ITEMS) // (N_ITEMS // N_GROUPS)
    found = signal_of_links(planted_graph(across), train, held, FAST)
    assert found.overall.verdict == "points the wrong way; check the link file"
    assert found.overall.high < 0


def test_popular_items_with_more_links_do_not_fake_a_signal() -> None:
    train, held = behavior(by_group=False)
    graph = planted_graph(make_rng(3).permutation(TRUE_GROUPS), popularity_links=True)
    found = signal_of_links(graph, train, held, FAST)
    assert found.overall.value > 1.3 * found.random  # the coupling is there
    assert not found.has_signal  # and the deals have it as well


def test_a_wrong_file_does_not_hide_behind_a_right_one() -> None:
    train, held = behavior(by_group=True)
    entities = [(f"{kind}:{g}", kind) for kind in ("group", "other") for g in range(N_GROUPS)]
    wrong = make_rng(2).permutation(TRUE_GROUPS)
    links = [(i, "in_group", N_ITEMS + int(TRUE_GROUPS[i])) for i in range(N_ITEMS)]
    links += [(i, "in_other", N_ITEMS + N_GROUPS + int(wrong[i])) for i in range(N_ITEMS)]
    graph = graph_of(N_ITEMS, entities, links)
    files = ["good.csv"] * N_ITEMS + ["bad.csv"] * N_ITEMS
    provenance = graph.provenance.with_columns(file=np.array(files))
    found = signal_of_links(dataclasses.replace(graph, provenance=provenance), train, held, FAST)
    assert found.overall.has_signal
    assert {one.name: one.has_signal for one in found.sources} == {
        "good.csv": True,
        "bad.csv": False,
    }
    assert {one.name: one.has_signal for one in found.relations} == {
        "in_group": True,
        "in_other": False,
    }
    assert not found.has_signal
    assert any("bad.csv: says nothing" in sentence for sentence in found.sentences)


def test_a_graph_without_links_is_called_so() -> None:
    train, held = behavior(by_group=True)
    found = signal_of_links(graph_of(N_ITEMS, [], []), train, held, FAST)
    assert found.overall.verdict == "no item has a link"
    assert found.sentences == ("No item has a link, so there is nothing to test.",)
    assert not found.has_signal


def test_without_held_out_items_nothing_can_be_ranked() -> None:
    train, _ = behavior(by_group=True)
    nothing = interactions_of([], N_USERS, N_ITEMS)
    with pytest.raises(DataError, match="No user has both"):
        signal_of_links(planted_graph(TRUE_GROUPS), train, nothing, FAST)


def test_the_same_seed_gives_the_same_result() -> None:
    train, held = behavior(by_group=True)
    graph = planted_graph(TRUE_GROUPS)
    first, again = (signal_of_links(graph, train, held, FAST) for _ in range(2))
    other = signal_of_links(graph, train, held, FAST.model_copy(update={"seed": 1}))
    assert first == again
    assert first != other


def test_the_random_baseline_is_what_chance_gives() -> None:
    train, held = behavior(by_group=True)
    found = signal_of_links(planted_graph(TRUE_GROUPS), train, held, FAST)
    # Three relevant among 114 unseen items: any place is a hit with chance 3 / 114.
    gains = 1 / np.log2(np.arange(2, 12))
    assert found.random == pytest.approx(3 / 114 * gains.sum() / gains[:3].sum(), rel=0.15)


def small_test() -> tuple[LinkFeatures, HeldOut]:
    links = [(0, "a", 6), (1, "a", 6), (2, "a", 7), (3, "a", 7), (4, "b", 6), (0, "b", 6)]
    graph = graph_of(6, [("x:0", "x"), ("x:1", "x")], links)
    train = interactions_of([(0, 0), (1, 2)], 2, 6).matrix()
    held = interactions_of([(0, 1), (1, 3), (1, 5)], 2, 6).matrix()
    return link_features(graph), HeldOut(train, held)


def test_features_are_unit_rows_of_weighted_links_by_hand() -> None:
    rows = small_test()[0].rows.toarray()
    # Items 0 to 4 are all that have links; "a" of entity 6, "a" of 7 and "b" of 6 have two each,
    # so all weights are log(6 / 2), and item 0 has two features.
    root = np.sqrt(0.5)
    assert rows == pytest.approx(
        np.array([[root, 0, root], [1, 0, 0], [0, 1, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]])
    )


def test_a_link_between_two_items_makes_them_alike() -> None:
    graph = graph_of(4, [], [(0, "sequel_of", 1), (2, "sequel_of", 3)])
    rows = link_features(graph).rows
    similarity = (rows @ rows.T).toarray()
    assert similarity[0, 1] == pytest.approx(1.0)
    assert similarity[0, 2] == 0.0


def test_the_ranking_is_that_of_a_naive_loop() -> None:
    features, held = small_test()
    found = ContentRanking(features, held, 2).ndcg(make_rng(0))
    # User 0 (item 0): 1 and 4 tie in front, 1 is relevant. User 1 (item 2): 3 is first.
    second_place = ndcg_at_k(np.array([4, 1]), np.array([1]), 2)
    assert found[0] == pytest.approx(1.0) or found[0] == pytest.approx(second_place)
    assert found[1] in (
        pytest.approx(1.0),
        pytest.approx(ndcg_at_k(np.array([3, 0]), np.array([3, 5]), 2)),
    )


def test_a_large_catalog_is_ranked_in_the_same_way(monkeypatch: pytest.MonkeyPatch) -> None:
    train, held = behavior(by_group=True)
    features = link_features(planted_graph(TRUE_GROUPS, popularity_links=True))
    users = HeldOut(train.matrix(), held.matrix())
    giver = dealt_out(features, make_rng(0))
    dense = ContentRanking(features, users, 10).ndcg(make_rng(1), giver)
    monkeypatch.setattr("kgrec_core.pipeline.signal_ranking.MAX_DENSE_ITEMS", 0)
    sparse = ContentRanking(features, users, 10).ndcg(make_rng(1), giver)
    assert sparse.mean() == pytest.approx(dense.mean(), abs=0.01)


def test_a_deal_gives_the_similarity_of_the_givers() -> None:
    features, held = small_test()
    giver = np.array([2, 3, 0, 1, 4, 5])
    moved = LinkFeatures(features.rows[giver], features.n_links[giver])
    dealt = ContentRanking(features, held, 2).ndcg(make_rng(0), giver)
    assert dealt == pytest.approx(ContentRanking(moved, held, 2).ndcg(make_rng(0)))


def test_a_deal_is_a_permutation_among_items_with_about_as_many_links() -> None:
    features = link_features(planted_graph(TRUE_GROUPS, popularity_links=True))
    giver = dealt_out(features, make_rng(0))
    assert sorted(giver.tolist()) == list(range(N_ITEMS))
    many = features.n_links > 10
    assert (many[giver] == many).mean() > 0.8
    assert (giver != np.arange(N_ITEMS)).mean() > 0.8


def test_items_without_links_stay_without() -> None:
    graph = graph_of(30, [("x:0", "x")], [(i, "a", 30) for i in range(20)])
    giver = dealt_out(link_features(graph), make_rng(0))
    assert giver[20:].tolist() == list(range(20, 30))
    assert sorted(giver[:20].tolist()) == list(range(20))


@cache
def films() -> tuple[list[str], list[dict[str, str]]]:
    with (MOVIES / "films.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        return list(reader.fieldnames or []), list(reader)


@pytest.fixture(scope="module")
def movies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workspace, str, str]]:
    """The sample with its true links, and with the links of each film given to another one."""
    root = tmp_path_factory.mktemp("movies")
    workspace = Workspace(root / "ws", f"sqlite:///{root / 'ws' / 'kgrec.db'}")
    found = []
    for name in ("true", "wrong"):
        folder = root / name
        folder.mkdir()
        for file in ("ratings.csv", "users.csv", "friends.csv", "tags.csv"):
            (folder / file).write_bytes((MOVIES / file).read_bytes())
        columns, rows = films()
        order = np.arange(len(rows)) if name == "true" else make_rng(5).permutation(len(rows))
        linked = ("directors", "cast", "genres", "country", "year", "language")
        with (folder / "films.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            for row, giver in zip(rows, order, strict=True):
                moved = {column: rows[int(giver)][column] for column in linked}
                writer.writerow(row | moved)
        mapping = read_mapping(MOVIES / "mapping.json")
        result = import_path(workspace, folder, name=name, mapping=mapping)
        found.append(result.dataset.fingerprint)
    yield workspace, found[0], found[1]
    workspace.close()


def verdicts(result: SignalResult) -> dict[str, bool]:
    return {found.name: found.has_signal for found in result.sources}


def test_the_links_of_the_sample_carry_signal(movies: tuple[Workspace, str, str]) -> None:
    workspace, true, _ = movies
    result = measure_signal(workspace, true, FASTER)
    assert verdicts(result)["films.csv"]
    assert kept_signal(workspace, true) == result


def test_the_scrambled_links_of_the_sample_say_nothing(
    movies: tuple[Workspace, str, str],
) -> None:
    workspace, _, wrong = movies
    result = measure_signal(workspace, wrong, FASTER)
    assert not verdicts(result)["films.csv"]
    assert not result.has_signal


def test_a_graph_that_was_not_tested_has_no_kept_result(filled: Workspace) -> None:
    assert kept_signal(filled, "0123456789abcdef") is None


def test_a_result_survives_being_written_down() -> None:
    train, held = behavior(by_group=True)
    result = signal_of_links(planted_graph(TRUE_GROUPS), train, held, FAST)
    assert SignalResult.from_json(result.to_json()) == result
