"""What somebody says by name, looked up in the data: ids, tags and attributes become evidence."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kgrec_core.contracts import IndexArray
from kgrec_core.data.dataset import Dataset
from kgrec_core.errors import UnknownIdError
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.graph.naming import TAG_TYPE, tag_entity_id
from kgrec_core.graph.user_side import UserSide
from kgrec_core.recommender.contract import UserEvidence

__all__ = ["KnownIds"]


@dataclass(frozen=True)
class KnownIds:
    """Everything that has a name in the data of a run.

    Attributes:
        dataset: users and items.
        graph: entities; the first of them are the items.
        side: attributes of users; None where there are none.
    """

    dataset: Dataset
    graph: KnowledgeGraph
    side: UserSide | None

    def evidence(
        self,
        likes: Sequence[str],
        entities: Sequence[str],
        tags: Sequence[str],
        friends: Sequence[str],
        attributes: Sequence[str],
        *,
        weight: float,
    ) -> UserEvidence:
        """Evidence without words; what is named twice counts once.

        Args:
            likes: item ids.
            entities: entity ids; the entity of an item counts as a like of it.
            tags: names of tags.
            friends: ids of users.
            attributes: labels of user attributes.
            weight: of each like.

        Raises:
            UnknownIdError: an id, tag or attribute is unknown; the text names near ones.
        """
        items = [self.dataset.items.index_of(id_) for id_ in likes]
        found = [self.graph.entities.index_of(id_) for id_ in entities]
        found += [self._tag_index(tag) for tag in tags]
        items += [index for index in found if index < self.graph.n_items]
        others = [index for index in found if index >= self.graph.n_items]
        return dataclasses.replace(
            UserEvidence.of_likes(_unique(items), weight),
            entity_indices=_unique(others),
            friend_indices=_unique([self.dataset.users.index_of(id_) for id_ in friends]),
            attribute_indices=_unique([self._attribute_index(label) for label in attributes]),
        )

    def _tag_index(self, tag: str) -> int:
        entity_id = tag_entity_id(tag)
        if entity_id in self.graph.entities:
            return self.graph.entities.index_of(entity_id)
        kinds = zip(self.graph.entity_labels, self.graph.entity_types, strict=True)
        known = [label for label, kind in kinds if kind == TAG_TYPE]
        raise _unknown("tag", tag, known)

    def _attribute_index(self, label: str) -> int:
        known = self.side.attribute_labels if self.side else ()
        if label not in known:
            raise _unknown("user attribute", label, known)
        return known.index(label)


def _unique(indices: Sequence[int]) -> IndexArray:
    return np.array(list(dict.fromkeys(indices)), dtype=np.int64)


def _unknown(what: str, name: str, known: Sequence[str]) -> UnknownIdError:
    from rapidfuzz import process

    near = [match for match, _, _ in process.extract(name, known, limit=3)]
    hint = f" Near ones: {', '.join(near)}." if near else f" The data has no {what}s."
    return UnknownIdError(f"There is no {what} '{name}'.{hint}")
