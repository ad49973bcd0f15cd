from __future__ import annotations

import base64
import json
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgrec_core.errors import ConfigError, DataError, UnknownIdError
from kgrec_core.pipeline.loaded_run import LoadedRun
from kgrec_core.pipeline.newcomer_steps import (
    MAX_STEPS,
    MAX_VALUE,
    STEP_KINDS,
    Step,
    decode_steps,
    encode_steps,
    evidence_after,
    left_out_after,
    recommend_after,
    said,
    steps_from_json,
    steps_to_json,
    unknown_steps,
)

ANY_STEP = st.builds(
    Step,
    st.sampled_from(STEP_KINDS),
    st.text(min_size=1, max_size=40).filter(lambda text: text.strip() and "\x00" not in text),
)


def packed(value: object) -> str:
    data = zlib.compress(json.dumps(value).encode())
    return "1" + base64.urlsafe_b64encode(data).decode().rstrip("=")


@given(st.lists(ANY_STEP, max_size=12))
def test_an_address_gives_back_what_was_put_into_it(steps: list[Step]) -> None:
    code = encode_steps(steps)
    assert decode_steps(code) == tuple(steps)
    assert all(sign.isalnum() or sign in "-_" for sign in code)


@given(st.lists(ANY_STEP, max_size=12))
def test_stored_steps_come_back(steps: list[Step]) -> None:
    assert steps_from_json(json.loads(json.dumps(steps_to_json(steps)))) == tuple(steps)


@given(st.text(min_size=1, max_size=80))
def test_no_address_whatever_gives_anything_but_our_own_error(code: str) -> None:
    try:
        steps = decode_steps(code)
    except DataError:
        return
    assert decode_steps(encode_steps(steps)) == steps


@given(st.integers(0, 10_000), st.characters(categories=["Lu", "Ll", "Nd"]))
def test_a_changed_character_is_seen(place: int, sign: str) -> None:
    code = encode_steps([Step("like", "f001"), Step("words", "a quiet film about the sea")])
    at = place % len(code)
    changed = code[:at] + sign + code[at + 1 :]
    if changed == code:
        return
    try:
        # The last character of base 64 may carry unused bits: then nothing was changed at all.
        assert decode_steps(changed) == decode_steps(code)
        assert at == len(code) - 1
    except DataError:
        pass


@pytest.mark.parametrize(
    "value",
    [
        {"l": 1},
        "lf001",
        ["x unknown kind"],
        ["l"],
        [""],
        [["l", "f001"]],
        [7],
        ["l" + "x" * (MAX_VALUE + 1)],
        ["lf001"] * (MAX_STEPS + 1),
        None,
        ["w\ud800"],
        ["w\x00"],
    ],
)
def test_a_forged_content_is_refused(value: object) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        decode_steps(packed(value))


def test_a_small_address_that_unpacks_to_a_huge_one_is_refused_unread() -> None:
    bomb = "1" + base64.urlsafe_b64encode(zlib.compress(b"[" + b" " * 5_000_000 + b"]")).decode()
    assert len(bomb) < 8000
    with pytest.raises(DataError):
        decode_steps(bomb)


def test_another_version_is_refused() -> None:
    with pytest.raises(DataError):
        decode_steps("2" + encode_steps([Step("like", "a")])[1:])


def test_nothing_said_needs_no_address() -> None:
    assert encode_steps([]) == ""
    assert decode_steps("") == ()


def test_more_than_an_address_holds_is_said() -> None:
    rng = np.random.default_rng(0)
    letters = [chr(int(code)) for code in rng.integers(0x4E00, 0x9FFF, 40 * 400)]
    steps = [Step("words", "".join(letters[i * 400 : (i + 1) * 400])) for i in range(40)]
    with pytest.raises(ConfigError, match="save the newcomer as a scenario"):
        encode_steps(steps)


@pytest.mark.parametrize(("kind", "value"), [("like", ""), ("like", "  "), ("hate", "a")])
def test_a_step_is_checked_when_it_is_made(kind: str, value: str) -> None:
    with pytest.raises(ConfigError):
        Step(kind, value)  # type: ignore[arg-type]


def test_of_one_item_only_the_last_word_counts() -> None:
    steps = [Step("like", "a"), Step("like", "b"), Step("dislike", "a"), Step("dislike", "c")]
    assert said(steps, "like") == ("b",)
    assert said(steps, "dislike") == ("a", "c")
    assert said([*steps, Step("like", "c")], "dislike") == ("a",)


def test_what_is_said_twice_counts_once() -> None:
    assert said([Step("tag", "sea"), Step("tag", "dark"), Step("tag", "sea")], "tag") == (
        "sea",
        "dark",
    )


def test_likes_become_evidence_and_dislikes_do_not(fusion_run: LoadedRun) -> None:
    items = fusion_run.dataset.items
    steps = [Step("like", "i1"), Step("dislike", "i2"), Step("interest", "genre:Drama")]
    evidence = evidence_after(fusion_run, steps)
    assert evidence.item_indices.tolist() == [items.index_of("i1")]
    assert evidence.entity_indices.tolist() == [fusion_run.graph.entities.index_of("genre:Drama")]
    assert left_out_after(fusion_run, steps).tolist() == [items.index_of("i2")]


def test_a_disliked_item_leaves_the_list_and_no_score_changes(fusion_run: LoadedRun) -> None:
    steps = [Step("like", "i1")]
    before = recommend_after(fusion_run, steps, 10)
    gone = int(before.item_indices[3])
    disliked = Step("dislike", fusion_run.dataset.items.id_of(gone))
    after = recommend_after(fusion_run, [*steps, disliked], 9)
    np.testing.assert_array_equal(after.item_indices, np.delete(before.item_indices, 3))
    np.testing.assert_array_equal(after.scores, np.delete(before.scores, 3))


def test_steps_that_this_data_does_not_know_are_named_with_the_reason(
    fusion_run: LoadedRun,
) -> None:
    steps = [
        Step("like", "i1"),
        Step("like", "elsewhere"),
        Step("dislike", "gone"),
        Step("tag", "none"),
        Step("words", "the sea"),
        Step("friend", "u1"),
    ]
    found = unknown_steps(fusion_run, steps)
    assert [step for step, _ in found] == steps[1:5]
    assert "does not read texts" in found[-1][1]


def test_an_unknown_dislike_is_an_error_of_ours(fusion_run: LoadedRun) -> None:
    with pytest.raises(UnknownIdError):
        recommend_after(fusion_run, [Step("dislike", "gone")], 5)
