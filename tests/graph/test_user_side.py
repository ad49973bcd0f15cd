from __future__ import annotations

import dataclasses

import numpy as np

from kgrec_core.data.dataset import EntityColumn
from kgrec_core.data.mapping import LinkColumn
from kgrec_core.graph.user_side import user_side
from tests.data_samples import dataset_of

TWO = dataset_of([(0, 0), (1, 1)])


def column(values: tuple[str, ...], owner: str = "user", **link: object) -> EntityColumn:
    mapped = LinkColumn.model_validate(
        {"column": "c", "relation": "has", "entity_type": "job", **link}
    )
    n = len(values)
    return EntityColumn(owner, mapped, "users.csv", np.arange(n), np.arange(2, n + 2), values)


def test_friends_are_read_in_both_directions_and_nobody_is_his_own() -> None:
    dataset = dataclasses.replace(TWO, social=np.array([[0, 1], [1, 1], [1, 0]]))
    side = user_side(dataset)
    assert side is not None
    assert (side.friends_of(0).tolist(), side.friends_of(1).tolist()) == ([1], [0])
    assert side.friends.nnz == 2


def test_cells_of_user_columns_become_attributes() -> None:
    dataset = dataclasses.replace(TWO, columns=(column(("writer|cook", "cook"), separator="|"),))
    side = user_side(dataset)
    assert side is not None
    assert side.attribute_labels == ("job: writer", "job: cook")
    assert (side.attributes_of(0).tolist(), side.attributes_of(1).tolist()) == ([0, 1], [1])


def test_numbers_fall_into_bins_and_words_among_them_say_nothing() -> None:
    dataset = dataclasses.replace(TWO, columns=(column(("23", "old"), bin=10),))
    side = user_side(dataset)
    assert side is not None
    assert side.attribute_labels == ("job: 20–29",)
    assert side.attributes_of(1).size == 0


def test_columns_of_items_are_no_attributes() -> None:
    dataset = dataclasses.replace(TWO, columns=(column(("x",), owner="item"),))
    assert user_side(dataset) is None
