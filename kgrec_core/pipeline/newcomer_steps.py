"""What a newcomer says, one step after the other; checked, encoded for an address, and asked."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

import numpy as np

from kgrec_core.contracts import IndexArray
from kgrec_core.errors import ConfigError, DataError, KgrecError
from kgrec_core.evaluation.ranking import top_k
from kgrec_core.pipeline.loaded_run import LoadedRun, Recommendations
from kgrec_core.recommender.contract import UserEvidence

__all__ = [
    "MAX_STEPS",
    "STEP_KINDS",
    "Step",
    "StepKind",
    "decode_steps",
    "encode_steps",
    "evidence_after",
    "left_out_after",
    "recommend_after",
    "said",
    "steps_from_json",
    "steps_to_json",
    "unknown_steps",
]

StepKind = Literal["like", "dislike", "interest", "tag", "words", "friend", "attribute"]
STEP_KINDS: tuple[StepKind, ...] = get_args(StepKind)
MAX_STEPS = 50
MAX_VALUE = 500
"""Characters of one value."""
MAX_CODE = 8_000
"""Characters of an encoded history: what browsers and servers take in an address."""
MAX_BYTES = 100_000
"""Of an unpacked code; a small text can unpack to a huge one."""
VERSION = "1"
LETTERS: dict[StepKind, str] = {
    "like": "l",
    "dislike": "d",
    "interest": "i",
    "tag": "t",
    "words": "w",
    "friend": "f",
    "attribute": "a",
}
BROKEN = (
    "The address holds a newcomer that cannot be read; it was cut off or changed on its way. "
    "Ask for the link again, or start anew."
)


@dataclass(frozen=True)
class Step:
    """One thing that a newcomer says.

    Attributes:
        kind: what it is about.
        value: an item id ("like", "dislike"), an entity id ("interest"), the name of a tag, the
            words themselves, a user id ("friend"), or the label of a user attribute.

    Raises:
        ConfigError: the kind is unknown, or the value empty, longer than `MAX_VALUE`, or no text.
    """

    kind: StepKind
    value: str

    def __post_init__(self) -> None:
        if self.kind not in STEP_KINDS:
            raise ConfigError(
                f"'kind' must be one of {', '.join(STEP_KINDS)} in 'Step' (got {self.kind!r})."
            )
        if not self.value.strip() or len(self.value) > MAX_VALUE:
            raise ConfigError(
                f"'value' must have 1 to {MAX_VALUE} characters in 'Step' (got {len(self.value)})."
            )
        if any(sign == "\x00" or "\ud800" <= sign <= "\udfff" for sign in self.value):
            raise ConfigError("'value' must be text in 'Step' (got zero bytes or half characters).")


def steps_to_json(steps: Sequence[Step]) -> list[list[str]]:
    """Steps as [kind, value] pairs, ready to be stored."""
    return [[step.kind, step.value] for step in steps]


def steps_from_json(values: Any) -> tuple[Step, ...]:
    """The opposite of `steps_to_json`; nothing about `values` is trusted.

    Raises:
        DataError: they are no list of pairs, or more than `MAX_STEPS`.
        ConfigError: a kind or value breaks the rule of `Step`.
    """
    is_list = isinstance(values, list) and len(values) <= MAX_STEPS
    if not is_list or not all(_is_pair(value) for value in values):
        raise DataError(f"A newcomer is a list of at most {MAX_STEPS} pairs of kind and value.")
    return tuple(Step(cast(StepKind, kind), value) for kind, value in values)


def encode_steps(steps: Sequence[Step]) -> str:
    """Steps as a short text for an address: packed JSON in base 64 with a version; "" for none.

    Raises:
        ConfigError: there is too much to put into an address.
    """
    if not steps:
        return ""
    told = [LETTERS[step.kind] + step.value for step in steps]
    packed = zlib.compress(json.dumps(told, ensure_ascii=False).encode(), 9)
    code = VERSION + base64.urlsafe_b64encode(packed).decode().rstrip("=")
    if len(steps) > MAX_STEPS or len(code) > MAX_CODE:
        raise ConfigError(
            f"An address holds at most {MAX_STEPS} steps and {MAX_CODE} characters (got "
            f"{len(steps)} and {len(code)}). Take steps away, or save the newcomer as a scenario."
        )
    return code


def decode_steps(code: str) -> tuple[Step, ...]:
    """The opposite of `encode_steps`; `code` may come from anybody.

    Raises:
        DataError: it is none of ours; packed checksums make a changed character show.
    """
    if not code:
        return ()
    kinds = {letter: kind for kind, letter in LETTERS.items()}
    try:
        told = json.loads(_unpacked(code))
        pairs = [[kinds[one[0]], one[1:]] for one in told]
        return steps_from_json(pairs)
    except (ValueError, TypeError, KeyError, IndexError, RecursionError, KgrecError):
        raise DataError(BROKEN) from None


def said(steps: Sequence[Step], kind: StepKind) -> tuple[str, ...]:
    """Values of one kind that count, in order and once each.

    Of one item only the last word counts: a dislike takes an earlier like back, and the other
    way round.
    """
    last = {step.value: step.kind for step in steps if step.kind in ("like", "dislike")}
    values = dict.fromkeys(step.value for step in steps if step.kind == kind)
    if kind in ("like", "dislike"):
        return tuple(value for value in values if last[value] == kind)
    return tuple(values)


def unknown_steps(run: LoadedRun, steps: Sequence[Step]) -> tuple[tuple[Step, str], ...]:
    """Steps that this run cannot take, each with the reason as a sentence."""
    found = []
    for step in steps:
        try:
            _of_one(run, step)
        except KgrecError as error:
            found.append((step, str(error)))
    return tuple(found)


def evidence_after(run: LoadedRun, steps: Sequence[Step]) -> UserEvidence:
    """What is known about the newcomer; dislikes are no evidence, see `left_out_after`.

    Raises:
        UnknownIdError: a step names something that the data does not have.
        ConfigError: words are said and the run does not read texts.
    """
    return run.newcomer(
        said(steps, "like"),
        said(steps, "interest"),
        said(steps, "tag"),
        said(steps, "words"),
        said(steps, "friend"),
        said(steps, "attribute"),
    )


def left_out_after(run: LoadedRun, steps: Sequence[Step]) -> IndexArray:
    """Disliked items, int64 (n,): they leave the list, and no score changes by them.

    The models learn from choices, not from dislikes, so what a dislike would say about other
    items is unknown; a made-up negative weight would break the sum of learned contributions.

    Raises:
        UnknownIdError: an item is not in the data.
    """
    ids = said(steps, "dislike")
    return np.array([run.dataset.items.index_of(id_) for id_ in ids], dtype=np.int64)


def recommend_after(run: LoadedRun, steps: Sequence[Step], k: int) -> Recommendations:
    """The `k` best items, liked and disliked ones left out.

    Raises:
        UnknownIdError, ConfigError: as for `evidence_after`; or `k` is below 1.
    """
    evidence = evidence_after(run, steps)
    left_out = np.union1d(evidence.item_indices, left_out_after(run, steps)).astype(np.int64)
    scores = run.recommender.score([evidence])
    ranked = top_k(scores, [left_out], k)[0]
    ranked = ranked[ranked >= 0]
    return Recommendations(ranked, scores[0, ranked])


def _of_one(run: LoadedRun, step: Step) -> object:
    """Raises what is wrong with one step; words are only asked for, not encoded."""
    if step.kind == "words":
        if run.encoder is None:
            raise ConfigError(
                "This run does not read texts, so words say nothing to it. Train the fusion model "
                "with a text model."
            )
        return None
    if step.kind == "dislike":
        return left_out_after(run, [step])
    return evidence_after(run, [step])


def _is_pair(value: Any) -> bool:
    return (
        isinstance(value, list | tuple)
        and len(value) == 2
        and all(isinstance(part, str) for part in value)
    )


def _unpacked(code: str) -> bytes:
    if code[0] != VERSION or len(code) > MAX_CODE:
        raise ValueError("another version, or too long")
    body = code[1:]
    try:
        packed = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
        unpacker = zlib.decompressobj()
        data = unpacker.decompress(packed, MAX_BYTES)
    except (binascii.Error, zlib.error) as error:
        raise ValueError(str(error)) from None
    if not unpacker.eof or unpacker.unused_data:
        raise ValueError("cut off, or more than fits")
    return data
