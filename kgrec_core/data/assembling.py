"""Rows by id to one `Dataset`: vocabularies, one interaction per pair, one row per id."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np
import polars as pl

from kgrec_core.contracts import IndexArray
from kgrec_core.data.dataset import TAG_COLUMNS, TRIPLE_COLUMNS, Dataset, EntityColumn
from kgrec_core.data.joining import joined_interactions
from kgrec_core.data.pieces import LinkRows, OwnerTable, Pieces, TripleRows
from kgrec_core.data.report import ProblemReport
from kgrec_core.data.vocabulary import Vocabulary
from kgrec_core.errors import DataError

__all__ = ["assemble"]


def assemble(pieces: Pieces, *, name: str, report: ProblemReport) -> Dataset:
    """Join the pieces.

    Ids of a table come first, in its order; ids that occur only elsewhere follow by first
    occurrence and are counted in `report`. Of several interactions of one pair the latest is kept.

    Raises:
        DataError: there is no interaction at all.
    """
    if not any(rows.user_ids for rows in pieces.interactions):
        raise DataError(
            f"'{name}' has no usable interaction: no row says which user met which item. "
            "Check the columns of the interaction table and the problem report."
        )
    had_items, had_users = bool(pieces.items.labels), bool(pieces.users.labels)
    users = Vocabulary(_all_users(pieces, report if had_users else None), name="user")
    items = Vocabulary(_all_items(pieces, report if had_items else None), name="item")
    interactions, parts = joined_interactions(pieces.interactions, users, items, report)
    return Dataset(
        name=name,
        users=users,
        items=items,
        interactions=interactions,
        user_table=_owner_frame("user", users, pieces.users),
        item_table=_owner_frame("item", items, pieces.items),
        social=_social(pieces, users, report),
        tags=_tags(pieces, users, items, report),
        columns=tuple(_entity_column(rows, users, items) for rows in pieces.links),
        triples=_triples(pieces.triples, report),
        entity_labels=dict(pieces.entity_labels),
        item_entities=_item_entities(pieces, items, report),
        given_parts=parts,
    )


def _all_items(pieces: Pieces, report: ProblemReport | None) -> dict[str, None]:
    known = dict.fromkeys(pieces.items.labels)
    what = "the item is not in the items table: kept, with its id as label"
    for rows in pieces.interactions:
        _add_new(known, rows.item_ids, rows.lines, rows.file, what, report)
    return known


def _all_users(pieces: Pieces, report: ProblemReport | None) -> dict[str, None]:
    known = dict.fromkeys(pieces.users.labels)
    what = "the user is not in the users table: kept, with the id as label"
    for rows in pieces.interactions:
        _add_new(known, rows.user_ids, rows.lines, rows.file, what, report)
    for pairs in pieces.social:
        _add_new(known, pairs.user_ids, pairs.lines, pairs.file, what, report)
        _add_new(known, pairs.friend_ids, pairs.lines, pairs.file, what, report)
    for tagged in pieces.tags:
        named = [id_ for id_ in tagged.user_ids if id_]
        lines = [int(at) for at, id_ in zip(tagged.lines, tagged.user_ids, strict=True) if id_]
        _add_new(known, named, lines, tagged.file, what, report)
    return known


def _add_new(
    known: dict[str, None],
    ids: list[str],
    lines: Sequence[int] | IndexArray,
    file: str,
    reason: str,
    report: ProblemReport | None,
) -> None:
    """Add ids that are not known yet; one report row per id, at its first line."""
    fresh = dict.fromkeys(id_ for id_ in dict.fromkeys(ids) if id_ not in known)
    if not fresh:
        return
    if report is None:
        known.update(fresh)
        return
    spelled = {_spelling(id_): id_ for id_ in known}
    for id_, line in zip(ids, lines, strict=True):
        if id_ in fresh and id_ not in known:
            known[id_] = None
            near = spelled.get(_spelling(id_))
            said = (
                f"{reason} (but for its writing it is like one that is there)" if near else reason
            )
            value = f"{id_}, like {near}" if near else id_
            report.add(file, line=int(line), reason=said, value=value)


def _spelling(id_: str) -> str:
    """An id without what programs change on their own: case, leading zeros, ".0", accents' form."""
    return unicodedata.normalize("NFKC", id_).casefold().removesuffix(".0").lstrip("0")


def _owner_frame(owner: str, ids: Vocabulary, table: OwnerTable) -> pl.DataFrame:
    columns: dict[str, list[str]] = {
        f"{owner}_id": list(ids.ids),
        f"{owner}_label": [table.labels.get(id_) or id_ for id_ in ids.ids],
    }
    if owner == "item":
        columns["text"] = [table.texts.get(id_, "") for id_ in ids.ids]
    for name, cells in table.columns.items():
        free = name if name not in columns else f"{name} (column)"
        columns[free] = [cells.get(id_, "") for id_ in ids.ids]
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))


def _social(pieces: Pieces, users: Vocabulary, report: ProblemReport) -> IndexArray:
    seen: dict[tuple[int, int], None] = {}
    for pairs in pieces.social:
        heads = users.indices_of(pairs.user_ids, missing="mask").tolist()
        tails = users.indices_of(pairs.friend_ids, missing="mask").tolist()
        for head, tail, line in zip(heads, tails, pairs.lines, strict=True):
            reason = "a user linked to themselves: row left out" if head == tail else ""
            reason = reason or ("duplicate link: kept once" if (head, tail) in seen else "")
            if reason:
                report.add(pairs.file, line=int(line), reason=reason, value=users.id_of(head))
            else:
                seen[head, tail] = None
    return np.array(list(seen), dtype=np.int64).reshape(-1, 2)


def _tags(
    pieces: Pieces, users: Vocabulary, items: Vocabulary, report: ProblemReport
) -> pl.DataFrame:
    seen: dict[tuple[int, int, str], int] = {}
    origins: list[tuple[str, int]] = []
    for rows in pieces.tags:
        user_indices = users.indices_of(rows.user_ids, missing="mask").tolist()
        item_indices = items.indices_of(rows.item_ids, missing="mask").tolist()
        keys = zip(user_indices, item_indices, rows.tags, strict=True)
        for key, time, line in zip(keys, rows.times.tolist(), rows.lines, strict=True):
            if key[1] < 0:
                reason = "a tag of an item that occurs nowhere else: row left out"
                report.add(rows.file, line=int(line), reason=reason, value=key[2])
                continue
            if key in seen:
                reason = "duplicate (user, item, tag): kept once, with the latest time"
                report.add(rows.file, line=int(line), reason=reason, value=key[2])
            else:
                origins.append((rows.file, int(line)))
            seen[key] = max(time, seen.get(key, time))
    columns = {
        "user_index": [key[0] for key in seen],
        "item_index": [key[1] for key in seen],
        "tag": [key[2] for key in seen],
        "time": list(seen.values()),
        "file": [file for file, _ in origins],
        "row": [row for _, row in origins],
    }
    return pl.DataFrame(columns, schema=TAG_COLUMNS | {"file": pl.String, "row": pl.Int64})


def _entity_column(rows: LinkRows, users: Vocabulary, items: Vocabulary) -> EntityColumn:
    vocabulary = items if rows.owner == "item" else users
    return EntityColumn(
        owner=rows.owner,
        link=rows.link,
        file=rows.file,
        owner_indices=vocabulary.indices_of(rows.owner_ids, missing="error"),
        rows=np.asarray(rows.lines, dtype=np.int64),
        values=tuple(rows.values),
    )


def _triples(all_rows: list[TripleRows], report: ProblemReport) -> pl.DataFrame:
    frames = []
    for rows in all_rows:
        columns = {
            "head_id": rows.head_ids,
            "relation_id": rows.relation_ids,
            "tail_id": rows.tail_ids,
            "file": [rows.file] * len(rows.head_ids),
            "row": np.asarray(rows.lines, dtype=np.int64),
        }
        frames.append(pl.DataFrame(columns, schema=TRIPLE_COLUMNS))
    if not frames:
        return pl.DataFrame(schema=TRIPLE_COLUMNS)
    table = pl.concat(frames)
    is_first = table.select(pl.struct("head_id", "relation_id", "tail_id").is_first_distinct())
    mask = is_first.to_series()
    for file, row, head, tail in (
        table.filter(~mask).select("file", "row", "head_id", "tail_id").iter_rows()
    ):
        report.add(file, line=row, reason="duplicate triple: kept once", value=f"{head}, {tail}")
    return table.filter(mask)


def _item_entities(pieces: Pieces, items: Vocabulary, report: ProblemReport) -> dict[int, str]:
    if not pieces.item_links:
        return _same_ids(pieces.triples, items, report)
    linked: dict[int, str] = {}
    taken: dict[str, int] = {}
    for rows in pieces.item_links:
        found = items.indices_of(rows.item_ids, missing="mask").tolist()
        for index, entity_id, line in zip(found, rows.entity_ids, rows.lines, strict=True):
            if index < 0:
                reason = "a link of an item that occurs nowhere else: row left out"
            elif linked.get(index, entity_id) != entity_id:
                reason = "the item is linked to another entity already: row left out"
            elif taken.setdefault(entity_id, index) != index:
                linked[index] = entity_id
                reason = "the entity is linked to another item too: kept, both share its triples"
            else:
                linked[index] = entity_id
                continue
            report.add(rows.file, line=int(line), reason=reason, value=entity_id)
    return linked


def _same_ids(
    all_rows: list[TripleRows], items: Vocabulary, report: ProblemReport
) -> dict[int, str]:
    linked: dict[int, str] = {}
    for rows in all_rows:
        for entity_id in dict.fromkeys((*rows.head_ids, *rows.tail_ids)):
            item_id = entity_id if entity_id in items else entity_id.removeprefix("item:")
            if item_id in items:
                linked.setdefault(items.index_of(item_id), entity_id)
    if all_rows and linked:
        reason = "no table links items to entities: entities with the id of an item are that item"
        report.add(all_rows[0].file, line=0, reason=reason, value=next(iter(linked.values())))
    elif all_rows:
        reason = "no table links items to entities, and no entity has the id of an item"
        report.add(all_rows[0].file, line=0, reason=reason)
    return linked
