"""The only converter between ids in the user's files and contiguous indices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import numpy as np
from rapidfuzz import process

from kgrec_core.contracts import IndexArray
from kgrec_core.errors import DataError, UnknownIdError

__all__ = ["Vocabulary"]

MissingPolicy = Literal["error", "drop", "mask"]


class Vocabulary:
    """An ordered set of ids; the position of an id is its index.

    Raises:
        DataError: an id occurs twice.
    """

    def __init__(self, ids: Iterable[str], *, name: str) -> None:
        self.name = name
        self._ids = tuple(ids)
        self._index = {id_: index for index, id_ in enumerate(self._ids)}
        if len(self._index) != len(self._ids):
            raise DataError(f"The {name} ids contain duplicates; each id may occur once.")

    def __len__(self) -> int:
        return len(self._ids)

    def __contains__(self, id_: object) -> bool:
        return id_ in self._index

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Vocabulary) and self._ids == other._ids

    def __hash__(self) -> int:
        return hash(self._ids)

    def __repr__(self) -> str:
        return f"Vocabulary({self.name!r}, {len(self)} ids)"

    @property
    def ids(self) -> tuple[str, ...]:
        """All ids, in index order."""
        return self._ids

    def id_of(self, index: int) -> str:
        """The id at `index`."""
        return self._ids[index]

    def index_of(self, id_: str) -> int:
        """The index of `id_`.

        Raises:
            UnknownIdError: `id_` is not here; the text names up to three near ids.
        """
        try:
            return self._index[id_]
        except KeyError:
            near = [match for match, _, _ in process.extract(id_, self._ids, limit=3)]
            hint = f" Near ones: {', '.join(near)}." if near else ""
            raise UnknownIdError(f"There is no {self.name} '{id_}'.{hint}") from None

    def indices_of(self, ids: Sequence[str], *, missing: MissingPolicy) -> IndexArray:
        """Indices of `ids`, shape (n,); with "drop" shorter, with "mask" -1 for the unknown.

        Raises:
            UnknownIdError: an id is unknown and `missing` is "error".
        """
        if missing == "error":
            return np.array([self.index_of(id_) for id_ in ids], dtype=np.int64)
        found = np.array([self._index.get(id_, -1) for id_ in ids], dtype=np.int64)
        return found[found >= 0] if missing == "drop" else found
