"""Evidence with units taken out: the only way in which explanations ask "what if not?"."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from kgrec_core.contracts import BoolArray, IndexArray
from kgrec_core.errors import ConfigError
from kgrec_core.recommender.contract import UNKNOWN_USER, EvidenceKind, EvidenceUnit, UserEvidence

__all__ = ["only", "only_at", "units_of", "without"]


def units_of(user: UserEvidence) -> tuple[EvidenceUnit, ...]:
    """All units of evidence: items, entities, texts, friends, attributes, in this order."""
    by_kind: tuple[tuple[EvidenceKind, list[int]], ...] = (
        ("item", user.item_indices.tolist()),
        ("entity", user.entity_indices.tolist()),
        ("friend", user.friend_indices.tolist()),
        ("attribute", user.attribute_indices.tolist()),
    )
    found = {kind: [EvidenceUnit(kind, index) for index in indices] for kind, indices in by_kind}
    texts = [EvidenceUnit("text", place, words) for place, words in enumerate(user.texts)]
    return (*found["item"], *found["entity"], *texts, *found["friend"], *found["attribute"])


def without(user: UserEvidence, units: Iterable[EvidenceUnit]) -> UserEvidence:
    """The same user as if `units` had never been known; nobody else's data changes.

    The result is no longer a known user, so a model with parameters per user folds it in.

    Raises:
        ConfigError: a unit is a whole profile, which has no parts that could be taken out.
    """
    gone = set(units)
    return _edited(user, gone, keeps=False) if gone else user


def only(user: UserEvidence, units: Iterable[EvidenceUnit]) -> UserEvidence:
    """The same user as if nothing but `units` were known.

    Raises:
        ConfigError: as for `without`.
    """
    return _edited(user, set(units), keeps=True)


def _edited(user: UserEvidence, named: set[EvidenceUnit], *, keeps: bool) -> UserEvidence:
    """The user with nothing but the named units, or with everything else."""
    if any(unit.kind == "profile" for unit in named):
        raise ConfigError(
            "The whole profile cannot be taken out: this model learned one vector for the user and "
            "does not know which choices made it. Ask a model that names its evidence, such as "
            "fusion."
        )

    def kept(kind: EvidenceKind, indices: IndexArray) -> BoolArray:
        of_kind = [unit.index for unit in named if unit.kind == kind]
        is_named = np.isin(indices, of_kind) if of_kind else np.zeros(indices.size, dtype=bool)
        return np.asarray(is_named if keeps else ~is_named, dtype=np.bool_)

    told = [EvidenceUnit("text", place, words) for place, words in enumerate(user.texts)]
    parts = (
        kept("item", user.item_indices),
        kept("entity", user.entity_indices),
        np.array([(unit in named) == keeps for unit in told], dtype=np.bool_),
        kept("friend", user.friend_indices),
        kept("attribute", user.attribute_indices),
    )
    return only_at(user, np.concatenate(parts))


def only_at(user: UserEvidence, kept: BoolArray) -> UserEvidence:
    """As `only`, for units by their place in `units_of`: fast where many sets are tried.

    Args:
        user: all that is known.
        kept: one entry per unit, bool (n_units,).
    """
    sizes = (
        user.item_indices.size,
        user.entity_indices.size,
        len(user.texts),
        user.friend_indices.size,
        user.attribute_indices.size,
    )
    items, entities, texts, friends, attributes = np.split(kept, np.cumsum(sizes)[:-1])
    return replace(
        user,
        item_indices=user.item_indices[items],
        item_weights=user.item_weights[items],
        item_times=user.item_times[items],
        entity_indices=user.entity_indices[entities],
        text_vectors=user.text_vectors[texts] if user.texts else user.text_vectors,
        texts=tuple(words for words, keep in zip(user.texts, texts, strict=True) if keep),
        friend_indices=user.friend_indices[friends],
        attribute_indices=user.attribute_indices[attributes],
        user_index=UNKNOWN_USER,
    )
