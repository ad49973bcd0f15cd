from __future__ import annotations

import numpy as np
import pytest

from kgrec_core.recommender.graph_kernels import graph_kernels
from kgrec_core.recommender.kernels import IncidenceKernel
from kgrec_core.recommender.mixed_kernel import MixedKernel
from kgrec_core.recommender.neighbor_kernel import NeighborKernel
from kgrec_core.recommender.text_kernel import extended_text_kernel, text_kernel
from tests.recommender.problems import graph_of, random_problem

FILMS = graph_of(
    4,
    [("person:varda", "person"), ("person:ozu", "person")],
    [(0, "directed_by", 4), (1, "directed_by", 4), (2, "directed_by", 5), (0, "directed_by", 5)],
)


def test_shared_entities_weigh_by_their_rarity() -> None:
    (kernel,) = graph_kernels(FILMS)
    assert isinstance(kernel, IncidenceKernel)
    # Both people have two of four films: idf = log 2 for each. Film 0 has both, so its two
    # entries are 1/sqrt(2); films 1 and 2 have one entry of 1. Column 0: k(1,0) = k(2,0), scaled
    # to 1/2 each. Column 1: only film 0 speaks, so k(0,1) = 1.
    dense = kernel.apply(np.eye(4, dtype=np.float32))
    expected = np.array([[0, 1, 1, 0], [0.5, 0, 0, 0], [0.5, 0, 0, 0], [0, 0, 0, 0]])
    np.testing.assert_allclose(dense, expected, atol=1e-6)


def test_cells_name_the_entity_and_both_triples() -> None:
    (kernel,) = graph_kernels(FILMS)
    found = kernel.cells(np.array([0, 1, 2, 3]), 0)
    assert found.rows.tolist() == [1, 2]
    assert found.entity_indices.tolist() == [4, 5]
    assert found.triples.tolist() == [[1, 0], [2, 3]]
    np.testing.assert_allclose(found.values, [0.5, 0.5], atol=1e-6)


def test_a_stated_entity_speaks_about_its_items_as_one_more_item_would() -> None:
    (kernel,) = graph_kernels(FILMS)
    assert isinstance(kernel, IncidenceKernel)
    (column,) = kernel.entity_columns(4)
    # Film 0: b = 1/sqrt(2), heard by two films with 1/sqrt(2) each: r / (2r + r) = 1/3.
    # Film 1: b = 1, heard by film 0 with 1/sqrt(2): 1 / (1 + 0.7071).
    expected = [1 / 3, 1 / (1 + 2**-0.5), 0, 0]
    np.testing.assert_allclose(kernel.entity_scores(int(column)), expected, atol=1e-6)
    assert kernel.entity_triple(int(column), 1) == 1
    assert kernel.entity_columns(3).size == 0


def test_an_entity_of_a_single_item_still_speaks_about_it() -> None:
    graph = graph_of(3, [("person:varda", "person")], [(1, "directed_by", 3)])
    (kernel,) = graph_kernels(graph)
    assert isinstance(kernel, IncidenceKernel)
    np.testing.assert_allclose(kernel.entity_scores(0), [0, 1, 0], atol=1e-6)


def test_beyond_the_limit_small_relations_share_a_kernel_but_not_their_entities(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("kgrec_core.recommender.graph_kernels.MAX_KERNELS", 1)
    graph = graph_of(
        3,
        [("genre:drama", "genre"), ("person:ozu", "person")],
        [
            *[(i, "has_genre", 3) for i in range(3)],
            *[(i, "directed_by", 4) for i in (0, 1)],
            *[(i, "starring", 4) for i in (1, 2)],
        ],
    )
    genre, other = graph_kernels(graph)
    assert (genre.name, other.name) == ("has_genre", "(other relations)")
    assert isinstance(other, IncidenceKernel)
    assert other.entity_columns(4).size == 2
    # Film 0 is directed and film 2 played by the same person: no relation has both.
    assert other.cells(np.array([0]), 2).rows.size == 0
    found = other.cells(np.array([1]), 2)
    assert graph.relations.id_of(int(graph.triples[found.triples[0, 0], 1])) == "starring"


def test_an_item_says_nothing_about_itself() -> None:
    data = random_problem(0, n_users=5, n_items=12)
    for kernel in (*graph_kernels(data.graph), text_kernel(data.text_vectors, 4)):
        dense = kernel.apply(np.eye(12, dtype=np.float32))
        assert not np.diag(dense).any()


def test_columns_sum_to_one_or_are_empty() -> None:
    data = random_problem(1, n_users=5, n_items=12)
    for kernel in (*graph_kernels(data.graph), text_kernel(data.text_vectors, 4)):
        sums = kernel.apply(np.eye(12, dtype=np.float32)).sum(axis=0)
        assert all(total == pytest.approx(1.0, abs=1e-5) or total == 0.0 for total in sums)


def test_cells_of_every_kernel_add_up_to_apply() -> None:
    data = random_problem(2, n_users=5, n_items=13)
    rows = np.array([12, 3, 7, 0])
    for kernel in (*graph_kernels(data.graph), text_kernel(data.text_vectors, 4)):
        dense = kernel.apply(np.eye(13, dtype=np.float32))
        for column in range(13):
            found = kernel.cells(rows, column)
            sums = np.bincount(found.rows, weights=found.values, minlength=4)
            np.testing.assert_allclose(sums, dense[rows, column], atol=1e-6)


def test_a_relation_that_repeats_another_counts_once() -> None:
    graph = graph_of(
        2,
        [("person:varda", "person")],
        [
            (0, "directed_by", 2),
            (1, "directed_by", 2),
            (2, "director_of", 0),
            (2, "director_of", 1),
        ],
    )
    assert [kernel.name for kernel in graph_kernels(graph)] == ["directed_by"]


def test_links_between_items_become_a_direct_kernel_both_ways() -> None:
    (kernel,) = graph_kernels(graph_of(3, [], [(0, "sequel_of", 1)]))
    assert isinstance(kernel, NeighborKernel)
    dense = kernel.apply(np.eye(3, dtype=np.float32))
    np.testing.assert_array_equal(dense, [[0, 1, 0], [1, 0, 0], [0, 0, 0]])
    assert kernel.cells(np.array([1]), 0).triples.tolist() == [[0, -1]]


def test_an_entity_that_all_items_share_says_nothing() -> None:
    graph = graph_of(2, [("country:fr", "country")], [(0, "from", 2), (1, "from", 2)])
    (kernel,) = graph_kernels(graph)
    assert not kernel.apply(np.eye(2, dtype=np.float32)).any()


def test_items_listen_to_their_nearest_texts_by_squared_cosine() -> None:
    vectors = np.array([[1, 0], [0.8, 0.6], [0.6, 0.8], [0, 0]], dtype=np.float32)
    dense = text_kernel(vectors, 2).apply(np.eye(4, dtype=np.float32))
    # Item 0 hears item 1 (cosine .8) and item 2 (.6): .64 and .36, which sum to 1 already.
    np.testing.assert_allclose(dense[:, 0], [0, 0.64, 0.36, 0], atol=1e-6)
    assert not dense[3].any()
    assert not dense[:, 3].any()


def test_more_texts_leave_old_columns_as_they_were() -> None:
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(9, 4)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    old = text_kernel(vectors[:7], 3)
    longer = extended_text_kernel(old, vectors, 3).apply(np.eye(9, dtype=np.float32))
    np.testing.assert_array_equal(longer[:7, :7], old.apply(np.eye(7, dtype=np.float32)))
    assert (longer[:, 7:].sum(axis=0) > 0).all()


def test_sums_over_items_are_those_of_the_single_cells() -> None:
    data = random_problem(6, n_users=3, n_items=10)
    kernels = [*graph_kernels(data.graph), text_kernel(data.text_vectors, 3)]
    assert {type(kernel) for kernel in kernels} == {IncidenceKernel, NeighborKernel}
    values = np.random.default_rng(0).normal(size=(10, 2)).astype(np.float32)
    rows = np.array([7, 0, 9])
    for kernel in kernels:
        square = kernel.apply(np.eye(10, dtype=np.float32))
        np.testing.assert_allclose(kernel.weighed(rows, values), square[rows] @ values, atol=1e-5)
    mixed = MixedKernel(kernels, [0.5, 2.0, 0.0, 1.0][: len(kernels)], 10)
    square = mixed.apply(np.eye(10, dtype=np.float32))
    np.testing.assert_allclose(mixed.weighed(rows, values), square[rows] @ values, atol=1e-5)
