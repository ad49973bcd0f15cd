"""What is known about users besides their interactions: friends and stated attributes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from kgrec_core.contracts import IndexArray
from kgrec_core.data.dataset import Dataset, EntityColumn
from kgrec_core.graph.naming import bin_names

__all__ = ["UserSide", "user_side"]


@dataclass(frozen=True)
class UserSide:
    """Friends and attributes of all users of a data set.

    Attributes:
        friends: 1 where two users are linked, symmetric with an empty diagonal, float32
            (n_users, n_users).
        attributes: 1 where an attribute is stated about a user, float32 (n_users, n_attributes).
        attribute_labels: "occupation: writer", n_attributes.
    """

    friends: sp.csr_array
    attributes: sp.csr_array
    attribute_labels: tuple[str, ...]

    def friends_of(self, user_index: int) -> IndexArray:
        """Friends of a user, int64 (n,), ascending; none for an unknown user."""
        return _row(self.friends, user_index)

    def attributes_of(self, user_index: int) -> IndexArray:
        """Attributes of a user, int64 (n,), ascending; none for an unknown user."""
        return _row(self.attributes, user_index)


def user_side(dataset: Dataset) -> UserSide | None:
    """Social links (read in both directions) and mapped columns of users; None without any."""
    columns = [column for column in dataset.columns if column.owner == "user"]
    if not columns and not dataset.social.size:
        return None
    rows, labels = _attributes(columns)
    shape = (dataset.n_users, len(labels))
    return UserSide(
        _friends(dataset.social, dataset.n_users), _ones(rows[:, 0], rows[:, 1], shape), labels
    )


def _row(matrix: sp.csr_array, index: int) -> IndexArray:
    if not 0 <= index < matrix.shape[0]:
        return np.zeros(0, dtype=np.int64)
    own = slice(matrix.indptr[index], matrix.indptr[index + 1])
    return matrix.indices[own].astype(np.int64)


def _friends(social: IndexArray, n_users: int) -> sp.csr_array:
    links = social.reshape(-1, 2)
    links = links[links[:, 0] != links[:, 1]]
    both = np.concatenate([links, links[:, ::-1]])
    return _ones(both[:, 0], both[:, 1], (n_users, n_users))


def _ones(rows: IndexArray, columns: IndexArray, shape: tuple[int, int]) -> sp.csr_array:
    """A sparse matrix of ones with sorted indices; a pair given twice counts once."""
    pairs = np.unique(np.stack([rows, columns], axis=1).reshape(-1, 2), axis=0)
    ones = np.ones(pairs.shape[0], dtype=np.float32)
    matrix = sp.csr_array((ones, (pairs[:, 0], pairs[:, 1])), shape=shape)
    matrix.sort_indices()
    return matrix


def _attributes(columns: list[EntityColumn]) -> tuple[IndexArray, tuple[str, ...]]:
    """(user, attribute) pairs, int64 (n, 2), and the names of the attributes."""
    found: dict[str, int] = {}
    pairs = [
        (int(owner), found.setdefault(f"{_kind(column)}: {name}", len(found)))
        for column in columns
        for owner, cell in zip(column.owner_indices, column.values, strict=True)
        for name in _names(cell, column)
    ]
    return np.array(pairs, dtype=np.int64).reshape(-1, 2), tuple(found)


def _kind(column: EntityColumn) -> str:
    return column.link.entity_type.replace("_", " ")


def _names(cell: str, column: EntityColumn) -> list[str]:
    """The parts of a cell; a number falls into its bin, anything else there says nothing."""
    link = column.link
    cells = cell.split(link.separator) if link.separator else [cell]
    if link.bin is None:
        return [name for name in (part.strip() for part in cells) if name]
    bins = [bin_names(number, link) for number in map(_number, cells) if number is not None]
    return [found[1] for found in bins if found]


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None
