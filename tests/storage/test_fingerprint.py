from __future__ import annotations

import dataclasses
import os
import subprocess
import sys

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgrec_core.storage.dataset_files import dataset_fingerprint
from kgrec_core.storage.fingerprint import FINGERPRINT_LENGTH, fingerprint_of, table_parts
from tests.store_samples import small_dataset

PARTS = st.one_of(
    st.none(), st.text(), st.binary(), st.integers(), st.lists(st.one_of(st.none(), st.text()))
)


@given(st.lists(PARTS))
def test_equal_parts_give_equal_hex_text_of_the_stated_length(parts: list[object]) -> None:
    found = fingerprint_of(parts)
    assert found == fingerprint_of(list(parts))
    assert len(found) == FINGERPRINT_LENGTH
    assert set(found) <= set("0123456789abcdef")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (["ab", "c"], ["a", "bc"]),
        ([["ab", "c"]], [["a", "bc"]]),
        (["1"], [1]),
        ([None], [""]),
        ([[None]], [[""]]),
        ([b"a"], ["a"]),
        ([np.array([1, 2])], [np.array([[1, 2]])]),
        ([np.array([1], dtype=np.int64)], [np.array([1], dtype=np.uint64)]),
    ],
)
def test_parts_that_differ_only_in_their_borders_or_kinds_differ(
    first: list[object], second: list[object]
) -> None:
    assert fingerprint_of(first) != fingerprint_of(second)


def test_byte_order_and_memory_layout_do_not_count() -> None:
    table = np.arange(6, dtype=np.int64).reshape(2, 3)
    swapped = np.asfortranarray(table).astype(">i8")
    assert fingerprint_of([table]) == fingerprint_of([swapped])


def test_an_empty_number_and_a_zero_differ() -> None:
    empty, zero = pl.DataFrame({"x": [None, 1]}), pl.DataFrame({"x": [0, 1]})
    assert fingerprint_of(table_parts(empty)) != fingerprint_of(table_parts(zero))


def test_the_name_of_a_dataset_does_not_count_but_each_part_of_its_content_does() -> None:
    dataset = small_dataset()
    known = dataset_fingerprint(dataset)
    assert dataset_fingerprint(small_dataset(name="other")) == known
    changed = [
        small_dataset(extra_weight=2.0),
        dataclasses.replace(dataset, given_parts=None),
        dataclasses.replace(dataset, columns=()),
        dataclasses.replace(dataset, entity_labels={"x": "Another"}),
        dataclasses.replace(dataset, item_entities={1: "x"}),
        dataclasses.replace(dataset, social=np.zeros((0, 2), dtype=np.int64)),
        dataclasses.replace(dataset, tags=dataset.tags.clear()),
        dataclasses.replace(
            dataset, item_table=dataset.item_table.with_columns(pl.lit("x").alias("text"))
        ),
    ]
    assert known not in {dataset_fingerprint(other) for other in changed}


def test_another_process_with_another_hash_seed_finds_the_same_fingerprint() -> None:
    code = (
        "from tests.store_samples import small_dataset;"
        "from kgrec_core.storage.dataset_files import dataset_fingerprint;"
        "print(dataset_fingerprint(small_dataset()))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "77"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == dataset_fingerprint(small_dataset())
