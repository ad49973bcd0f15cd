"""Finding a user or an item by label or id, also with typing errors."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz, process

__all__ = ["find_matches", "option_label"]

MIN_SIMILARITY = 60.0


def option_label(id_: str, label: str) -> str:
    """Label and id together; once when they are the same."""
    return id_ if not label or label == id_ else f"{label} · {id_}"


def find_matches(
    text: str, ids: Sequence[str], labels: Sequence[str], *, limit: int = 50
) -> list[int]:
    """Positions that match `text`, best first: equal, starts with it, holds it, is close to it.

    Args:
        text: what was typed; "" matches everything in order.
        ids: n ids.
        labels: n texts for people.
        limit: how many at most.
    """
    wanted = text.strip().casefold()
    if not wanted:
        return list(range(min(limit, len(ids))))
    names = [label.casefold() for label in labels]
    keys = [id_.casefold() for id_ in ids]
    groups: tuple[list[int], list[int], list[int]] = ([], [], [])
    for position, (name, key) in enumerate(zip(names, keys, strict=True)):
        if wanted in (name, key):
            groups[0].append(position)
        elif name.startswith(wanted) or key.startswith(wanted):
            groups[1].append(position)
        elif wanted in name:
            groups[2].append(position)
    found = [position for group in groups for position in group][:limit]
    if len(found) < limit:
        near = process.extract(
            wanted, names, scorer=fuzz.WRatio, limit=limit, score_cutoff=MIN_SIMILARITY
        )
        known = set(found)
        found += [position for _, _, position in near if position not in known]
    return found[:limit]
