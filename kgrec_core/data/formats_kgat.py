"""The KGAT layout: one line per user, integer ids, lists that give back the original ids."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kgrec_core.data.dataset import PART_TEST, PART_TRAIN, PART_VALIDATION
from kgrec_core.data.interactions import NO_TIME
from kgrec_core.data.naming import label_of_uri, short_names
from kgrec_core.data.pieces import InteractionRows, ItemLinkRows, Pieces, TripleRows
from kgrec_core.data.report import ProblemReport
from kgrec_core.data.tables import read_text
from kgrec_core.errors import DataError

__all__ = ["is_kgat", "read_kgat"]

_PART_FILES = (
    ("train.txt", PART_TRAIN),
    ("valid.txt", PART_VALIDATION),
    ("test.txt", PART_TEST),
)
_LABEL_COLUMNS = ("entity_name", "name", "title", "label")


def is_kgat(folder: Path) -> bool:
    """True when `folder` holds a train.txt of lines "user item item ..."."""
    path = folder / "train.txt"
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        words = [word for _, line in zip(range(5), stream, strict=False) for word in line.split()]
    return bool(words) and all(word.isdigit() for word in words)


def read_kgat(folder: Path, report: ProblemReport) -> Pieces:
    """Read a folder in the KGAT layout.

    train.txt, valid.txt and test.txt become a given split when there is a test.txt; kg_final.txt
    ("head relation tail") the triples. An item and the entity with the same number are one thing.
    Numbers become the original ids where item_list.txt, user_list.txt, entity_list.txt or
    relation_list.txt know them.

    Raises:
        DataError: train.txt is missing or no text.
    """
    pieces = Pieces()
    users = _read_list(folder / "user_list.txt", report)
    items = _read_list(folder / "item_list.txt", report)
    entities = _read_list(folder / "entity_list.txt", report)
    for number, fields in items.items():
        pieces.items.labels[fields["org_id"]] = _item_label(fields, entities.get(number))
    for fields in users.values():
        pieces.users.labels[fields["org_id"]] = ""
    has_test = (folder / "test.txt").is_file()
    for name, part in _PART_FILES:
        if (folder / name).is_file():
            rows = _read_part(folder / name, part if has_test else None, users, items, report)
            pieces.interactions.append(rows)
    if not pieces.interactions:
        raise DataError(f"'{folder.name}' has no train.txt. Add it, or choose another format.")
    _add_graph(folder, items, entities, pieces, report)
    return pieces


_List = dict[str, dict[str, str]]
"""Number in the other files -> named fields, "org_id" among them."""


def _read_list(path: Path, report: ProblemReport) -> _List:
    if not path.is_file():
        return {}
    lines = read_text(path, report=report).splitlines()
    header = lines[0].split()
    if "org_id" not in header or "remap_id" not in header:
        raise DataError(
            f"{path.name} must begin with the column names 'org_id remap_id' "
            f"(got {lines[0][:60]!r}). Add that line."
        )
    # Original ids may hold blanks, numbers and further fields do not: the rest is the id.
    n_after = len(header) - 1 - header.index("org_id")
    found: _List = {}
    taken: set[str] = set()
    for line, text in enumerate(lines[1:], start=2):
        words = text.split()
        if not words:
            continue
        if len(words) < 2 or (header[0] != "org_id" and len(words) != len(header)):
            report.add(
                path.name, line=line, reason="fewer words than names: row left out", value=text
            )
            continue
        if header[0] == "org_id" and len(words) > len(header):
            words = [" ".join(words[: len(words) - n_after]), *words[len(words) - n_after :]]
        fields = dict(zip(header, words, strict=False))
        number, org_id = fields.get("remap_id", ""), fields["org_id"]
        if number in found or org_id in taken or not number:
            reason = "a number or id that has a row already: kept the first, this one left out"
            report.add(path.name, line=line, reason=reason, value=text)
            continue
        found[number] = fields
        taken.add(org_id)
    return found


def _item_label(fields: dict[str, str], entity: dict[str, str] | None) -> str:
    for name in _LABEL_COLUMNS:
        if fields.get(name):
            return label_of_uri(fields[name])
    if entity and "://" in entity["org_id"]:
        return label_of_uri(entity["org_id"])
    return label_of_uri(fields["org_id"])


def _read_part(
    path: Path, part: int | None, users: _List, items: _List, report: ProblemReport
) -> InteractionRows:
    user_numbers: list[str] = []
    item_numbers: list[str] = []
    counts: list[int] = []
    lines: list[int] = []
    n_alone = 0
    for line, text in enumerate(read_text(path, report=report).splitlines(), start=1):
        words = text.split()
        if len(words) < 2:
            n_alone += len(words)
            if words and part == PART_TRAIN:
                reason = "a user without any item: kept, there is nothing to learn from"
                report.add(path.name, line=line, reason=reason, value=text)
            continue
        user_numbers.extend([words[0]] * (len(words) - 1))
        item_numbers.extend(words[1:])
        counts.append(len(words) - 1)
        lines.append(line)
    if n_alone and part in (PART_TEST, PART_VALIDATION):
        reason = f"{n_alone:,} users without any item in this part: they are not evaluated in it"
        report.add(path.name, line=0, reason=reason)
    return InteractionRows(
        file=path.name,
        user_ids=_original(user_numbers, users),
        item_ids=_original(item_numbers, items),
        weights=np.ones(len(user_numbers), dtype=np.float32),
        times=np.full(len(user_numbers), NO_TIME, dtype=np.int64),
        lines=np.repeat(np.array(lines, dtype=np.int64), counts),
        part=part,
    )


def _original(numbers: Sequence[str], known: _List) -> list[str]:
    if not known:
        return list(numbers)
    ids = {number: fields["org_id"] for number, fields in known.items()}
    return [ids.get(number, number) for number in numbers]


def _add_graph(
    folder: Path, items: _List, entities: _List, pieces: Pieces, report: ProblemReport
) -> None:
    path = folder / "kg_final.txt"
    if not path.is_file():
        return
    rows, lines = _triples_of(path, report)
    heads, relations, tails = zip(*rows, strict=True) if rows else ((), (), ())
    listed = _read_list(folder / "relation_list.txt", report)
    names = short_names([fields["org_id"] for fields in listed.values()])
    named = dict(zip(listed, names, strict=True))
    pieces.triples.append(
        TripleRows(
            file=path.name,
            head_ids=_original(heads, entities),
            relation_ids=[named.get(number, number) for number in relations],
            tail_ids=_original(tails, entities),
            lines=lines,
        )
    )
    in_triples = {*heads, *tails}
    for number, fields in entities.items():
        if number in in_triples:
            pieces.entity_labels[fields["org_id"]] = label_of_uri(fields["org_id"])
    numbers = list(items) or list(dict.fromkeys(_item_numbers(pieces)))
    linked = [number for number in numbers if number in in_triples]
    pieces.item_links.append(
        ItemLinkRows(
            file=path.name,
            item_ids=_original(linked, items),
            entity_ids=_original(linked, entities),
            lines=[0] * len(linked),
        )
    )


def _triples_of(path: Path, report: ProblemReport) -> tuple[list[tuple[str, str, str]], list[int]]:
    """Head, relation and tail of each usable row, as numbers in text; and the lines of the rows."""
    rows: list[tuple[str, str, str]] = []
    lines: list[int] = []
    for line, text in enumerate(read_text(path, report=report).splitlines(), start=1):
        words = text.split()
        if len(words) == 3:
            rows.append((words[0], words[1], words[2]))
            lines.append(line)
        elif words:
            reason = "not the three numbers 'head relation tail': row left out"
            report.add(path.name, line=line, reason=reason, value=text)
    return rows, lines


def _item_numbers(pieces: Pieces) -> list[str]:
    return [id_ for rows in pieces.interactions for id_ in rows.item_ids]
