from __future__ import annotations

import numpy as np
import torch

from kgrec_core.recommender.neural.item_content import PADDING, item_content, linked_entities
from tests.recommender.problems import checkerboard, graph_of

ENTITIES = [("person:a", "person"), ("person:b", "person"), ("person:c", "person")]
LINKS = [(0, "by", 3), (1, "by", 3), (0, "with", 4), (0, "with", 3), (1, "sequel_of", 0)]


def test_each_item_lists_its_entities_by_the_number_of_their_links() -> None:
    graph = graph_of(3, ENTITIES, LINKS)
    assert linked_entities(graph, 10).tolist() == [[1, 2], [1, PADDING], [PADDING, PADDING]]


def test_the_entities_with_most_links_are_kept() -> None:
    graph = graph_of(3, ENTITIES, LINKS)
    assert linked_entities(graph, 1).tolist() == [[1], [1], [PADDING]]


def test_no_entity_may_be_asked_for() -> None:
    graph = graph_of(3, ENTITIES, LINKS)
    assert linked_entities(graph, 0).tolist() == [[PADDING]] * 3


def test_rows_of_entities_stay_when_items_are_added() -> None:
    short, longer = checkerboard().graph, checkerboard(n_extra=2).graph
    before, after = linked_entities(short, 8), linked_entities(longer, 8)
    np.testing.assert_array_equal(np.sort(before, axis=1), np.sort(after[:24], axis=1))


def test_the_graph_vector_is_the_mean_over_linked_entities() -> None:
    content = item_content(checkerboard(), 8, torch.device("cpu"))
    table = torch.arange(content.n_rows * 2, dtype=torch.float64).reshape(-1, 2)
    found = content.graph_vectors(table, torch.tensor([3, 5]))
    for row, item in enumerate((3, 5)):
        linked = [int(e) for e in content.neighbors[item] if e != PADDING]
        naive = sum(table[e] for e in linked) / len(linked)
        assert torch.allclose(found[row], naive)
