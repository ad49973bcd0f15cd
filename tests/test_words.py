from __future__ import annotations

import pytest

from kgrec_core.words import ended


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Its text is close to that of Heat.", "Its text is close to that of Heat."),
        ("Its text is close to that of E.T..", "Its text is close to that of E.T."),
        ("Its text is close to that of Who is it?.", "Its text is close to that of Who is it?"),
        ("Linked directly: a very long na….", "Linked directly: a very long na…"),
        ("", ""),
    ],
)
def test_a_name_with_an_end_of_its_own_gets_no_second_one(sentence: str, expected: str) -> None:
    assert ended(sentence) == expected
