"""What a person writes to mean a data set or a run: a whole id or the start of one."""

from __future__ import annotations

import re
from typing import TypeVar

from rapidfuzz import process

from kgrec_core.errors import UnknownIdError

__all__ = ["MIN_PREFIX", "checked_name", "found_by_prefix"]

MIN_PREFIX = 4
"""Characters of a fingerprint or run id that are enough to mean it."""

FOLDER_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,199}")

Found = TypeVar("Found")


def checked_name(name: str) -> str:
    """`name`, when it can be the name of one of our folders; ids arrive in web addresses too.

    Raises:
        UnknownIdError: it can not, for instance because it leads out of the workspace.
    """
    if not FOLDER_NAME.fullmatch(name):
        raise UnknownIdError(f"There is nothing with the id '{name[:80]}' in this workspace.")
    return name


def found_by_prefix(
    kind: str, reference: str, records: dict[str, Found], names: list[str]
) -> Found:
    """The one record whose key starts with `reference`.

    Args:
        kind: word for the text of an error ("run").
        reference: what the person wrote, at least `MIN_PREFIX` characters.
        records: by full key.
        names: what near matches are looked for in.

    Raises:
        UnknownIdError: none fits, or several do.
    """
    fitting = [key for key in records if len(reference) >= MIN_PREFIX and key.startswith(reference)]
    if len(fitting) == 1:
        return records[fitting[0]]
    if fitting:
        raise UnknownIdError(
            f"'{reference}' fits several {kind}s: {', '.join(fitting[:5])}. Write more of it."
        )
    near = [match for match, _, _ in process.extract(reference, names, limit=3)]
    hint = f" Near ones: {', '.join(near)}." if near else " There is none yet."
    raise UnknownIdError(f"There is no {kind} '{reference}'.{hint}")
