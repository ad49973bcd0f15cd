from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from kgrec_core.recommender.cold_projection import (
    HALF_TRUST,
    NOISE,
    SHARPNESS,
    ColdProjection,
    ContentFeatures,
    choose_landmarks,
)
from kgrec_core.recommender.graph_kernels import graph_kernels
from kgrec_core.recommender.kernels import IncidenceKernel
from tests.recommender.problems import random_problem


def projection() -> ColdProjection:
    data = random_problem(1, n_users=5, n_items=12)
    links = tuple(k for k in graph_kernels(data.graph) if isinstance(k, IncidenceKernel))
    weights = tuple(1.0 / (n + 1) for n in range(len(links)))
    features = ContentFeatures(links, weights, data.text_vectors, 0.4, count_weight=0.6)
    counts = np.arange(3, 11)
    return ColdProjection(np.arange(8), np.arange(8, 12), features, 0.5, counts)


def naive_kernel(found: ColdProjection) -> np.ndarray:
    """All pairs of items, entity by entity."""
    features, n_items = found.features, 12
    square = np.zeros((n_items, n_items))
    for kernel, weight in zip(features.links, features.link_weights, strict=True):
        links = kernel.richness.toarray().astype(np.float64)
        for left in range(n_items):
            for right in range(n_items):
                square[left, right] += weight * float(links[left] @ links[right])
    logs = np.stack([np.log1p(np.diff(k.incidence.indptr)) for k in features.links], axis=1)
    square += 0.6 * logs @ logs.T / np.mean([row @ row for row in logs])
    texts = features.text_vectors.astype(np.float64)
    written = np.flatnonzero(texts.any(axis=1))
    deviations = texts[written] - texts[written].mean(axis=0)
    deviations /= np.linalg.norm(deviations, axis=1, keepdims=True)
    alike = np.zeros((n_items, n_items))
    alike[np.ix_(written, written)] = np.exp(SHARPNESS * (deviations @ deviations.T - 1.0))
    return square + features.text_weight * alike


def test_cold_scores_are_a_ridge_regression_on_content() -> None:
    found = projection()
    kernel = naive_kernel(found)
    inner = kernel[:8, :8]
    distrust = 1.0 + HALF_TRUST / np.arange(3, 11)
    system = inner + NOISE * np.diag(inner).mean() * np.diag(distrust)
    expected_coefficients = np.linalg.solve(system, kernel[:8, 8:])
    scores = np.random.default_rng(0).normal(size=(3, 12)).astype(np.float32)
    expected = 0.5 * scores[:, :8] @ expected_coefficients
    np.testing.assert_allclose(found.carried(scores), expected, rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(found.predicted(scores), expected, rtol=1e-3, atol=1e-4)


def test_items_without_a_text_are_alike_to_none_by_text() -> None:
    features = projection().features
    texts = features.text_vectors.copy()
    texts[[2, 9]] = 0.0
    part = dataclasses.replace(features, text_vectors=texts).text_part(np.arange(12), np.arange(12))
    assert not part[[2, 9]].any()
    assert not part[:, [2, 9]].any()
    assert (part[0, [0, 1, 3]] > 0).all()


def test_a_landmark_that_few_have_chosen_says_less() -> None:
    found = projection()
    scores = np.zeros((1, 12), dtype=np.float32)
    scores[0, 0] = 1.0
    well_known = dataclasses.replace(found, landmark_counts=np.array([10_000, *[10] * 7]))
    rare = dataclasses.replace(found, landmark_counts=np.array([1, *[10] * 7]))
    assert np.abs(rare.carried(scores)).sum() < np.abs(well_known.carried(scores)).sum()


def test_shares_of_entities_add_up_to_the_graph_part() -> None:
    found = projection()
    said = np.random.default_rng(1).normal(size=(2, 12)).astype(np.float32)
    for place, item in enumerate(found.items):
        ends, shares = found.link_shares(int(item))
        total = (said[:, :8] @ shares).sum(axis=1)
        expected = found.gate * said[:, :8] @ found.coefficients[0][:, place]
        np.testing.assert_allclose(total, expected, rtol=1e-3, atol=1e-4)
        assert len({triple for _, triple in ends}) == len(ends) == shares.shape[1]
        told = said[:, :8] @ found.text_share(int(item))[:, 0]
        expected = found.gate * said[:, :8] @ found.coefficients[1][:, place]
        np.testing.assert_allclose(told, expected, rtol=1e-5)


def test_shares_of_entities_add_up_where_many_items_look_alike() -> None:
    """Most of 400 items have the links of 40 others too: the system is badly conditioned."""
    data = random_problem(2, n_users=5, n_items=420)
    links = tuple(k for k in graph_kernels(data.graph) if isinstance(k, IncidenceKernel))
    none = np.zeros((420, 0), dtype=np.float32)
    features = ContentFeatures(links, (1.0,) * len(links), none, 0.0, count_weight=1.0)
    found = ColdProjection(np.arange(400), np.arange(400, 420), features, 1.0)
    for place, item in enumerate(found.items):
        _, shares = found.link_shares(int(item))
        whole = found.coefficients[0][:, place]
        np.testing.assert_allclose(shares.sum(axis=1), whole, atol=3e-6)


def test_landmarks_are_the_most_chosen_warm_items() -> None:
    counts = np.array([5, 0, 9, 2])
    assert choose_landmarks(counts, counts == 0).tolist() == [0, 2, 3]


@pytest.mark.parametrize("item", [8, 11])
def test_each_share_names_a_triple_of_the_item(item: int) -> None:
    data = random_problem(1, n_users=5, n_items=12)
    ends, _ = projection().link_shares(item)
    assert ends
    for entity, triple in ends:
        head, _, tail = data.graph.triples[triple]
        assert {int(head), int(tail)} == {item, entity}
