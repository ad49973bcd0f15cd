"""Orders of the boxes of a path drawing."""

from __future__ import annotations

from kgrec_core.explanation.path_layout import Lines, column_heights, n_crossings


def lines_of(*pairs: str) -> Lines:
    return {(pair[0], pair[1], row): 1.0 for row, pair in enumerate(pairs)}


def test_lines_cross_when_their_ends_stand_in_opposite_order() -> None:
    column_of = {"a": 0, "b": 0, "c": 1, "d": 1, "e": 2}
    heights = {"a": 0.0, "b": 1.0, "c": 0.0, "d": 1.0, "e": 0.0}
    assert n_crossings(column_of, heights, [("a", "d"), ("b", "c")]) == 1
    assert n_crossings(column_of, heights, [("a", "c"), ("b", "d")]) == 0
    assert n_crossings(column_of, heights, [("a", "d"), ("b", "d")]) == 0  # they meet
    assert n_crossings(column_of, heights, [("a", "d"), ("c", "e")]) == 0  # another gap


def test_two_crossed_pairs_are_untied() -> None:
    column_of = {"a": 0, "b": 0, "c": 1, "d": 1}
    heights = column_heights(column_of, lines_of("ad", "bc"))
    assert n_crossings(column_of, heights, [("a", "d"), ("b", "c")]) == 0


def test_rows_of_a_column_stand_one_apart_around_the_middle() -> None:
    heights = column_heights({"a": 0, "b": 1, "c": 1, "d": 1}, lines_of("ab", "ac", "ad"))
    assert sorted(heights[key] for key in "bcd") == [-1.0, 0.0, 1.0]
    assert heights["a"] == 0.0


def test_a_short_column_uses_the_height_of_the_longest_one() -> None:
    column_of = {"a": 0, "b": 0, **dict.fromkeys("cdef", 1)}
    heights = column_heights(column_of, lines_of("ac", "ad", "be", "bf"))
    assert abs(heights["a"] - heights["b"]) == 2.0  # four rows for two boxes


def test_a_long_chain_of_columns_without_a_crossing_is_found() -> None:
    keys = [[f"{column}{row}" for row in (3, 0, 2, 1)] for column in range(4)]
    column_of = {key: column for column, own in enumerate(keys) for key in own}
    shift = {0: 2, 1: 0, 2: 3, 3: 1}
    pairs = [
        (f"{column}{row}", f"{column + 1}{shift[row]}") for column in range(3) for row in range(4)
    ]
    lines: Lines = {(*pair, row): 1.0 for row, pair in enumerate(pairs)}
    assert n_crossings(column_of, column_heights(column_of, lines), pairs) == 0


def test_no_box_gives_no_heights() -> None:
    assert column_heights({}, {}) == {}
