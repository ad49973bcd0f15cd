"""A first mapping for unknown tables, from column names and cells; the analyst corrects it."""

from __future__ import annotations

from pathlib import Path

from kgrec_core.data.guess_columns import (
    Sample,
    find_friend,
    find_item,
    find_label,
    find_named,
    find_time,
    find_triples,
    find_user,
    find_weight,
    time_named_but_unread,
    weight_named_but_unread,
)
from kgrec_core.data.guess_overlap import found_by_overlap, with_keys_that_meet
from kgrec_core.data.guess_tables import guess_items, guess_met, guess_table, guess_users
from kgrec_core.data.guess_words import is_item_word, is_numeric, is_user_word, name_words
from kgrec_core.data.mapping import Mapping, TableMapping
from kgrec_core.data.report import ProblemReport
from kgrec_core.data.tables import RawTable, read_table
from kgrec_core.errors import DataError

__all__ = ["guess_mapping", "table_paths", "unused_columns", "unused_files"]

_ENDINGS = frozenset({".csv", ".tsv", ".tab", ".txt", ".dat", ".data", ".parquet", ".gz", ".psv"})
_UNREAD = (
    (
        "weight",
        weight_named_but_unread,
        "named like a rating, but more than one in ten cells is no number: not used, so "
        "every interaction weighs 1 (to use it, name it as weight in a mapping)",
    ),
    (
        "time",
        time_named_but_unread,
        "named like a time, but fewer than half of the cells are dates: not used, so the "
        "interactions have no times (to use it, name it as time in a mapping)",
    ),
)
_FOREIGN_ENDINGS = frozenset({".xlsx", ".xls", ".ods"})
_NO_TABLES = ("readme", "license", "licence", "source", "citation")
_SAMPLE_ROWS = 5_000


def guess_mapping(folder: Path, *, name: str) -> Mapping:
    """Guess the role of every table and column in a folder.

    Tables that say nothing about users, items or a graph are left out of the mapping.

    Args:
        folder: where the tables lie.
        name: name for the data set.

    Raises:
        DataError: there is no table, or none that says which user met which item.
    """
    samples = _samples(folder)
    guesses = [guess for sample in samples if (guess := _by_names(sample))]
    if not any(guess.role == "interactions" for guess in guesses):
        taken = {guess.file for guess in guesses}
        met = _by_values([sample for sample in samples if sample.file not in taken])
        if met is None:
            raise DataError(_nothing_met(samples, guesses))
        guesses.append(met)
    guesses = with_keys_that_meet(samples, guesses)
    guesses += found_by_overlap(samples, guesses)
    return Mapping(name=name, tables=tuple(guesses))


def table_paths(folder: Path) -> list[Path]:
    """Files of a folder that may be tables, by name."""
    return [
        path
        for path in _files(folder)
        if (path.suffix.lower() in _ENDINGS or not path.suffix)
        and not path.name.lower().startswith(_NO_TABLES)
    ]


def _files(folder: Path) -> list[Path]:
    found = (path for path in folder.iterdir() if path.is_file())
    return sorted(path for path in found if not path.name.startswith("."))


def unused_files(folder: Path, mapping: Mapping) -> list[tuple[str, str]]:
    """Tables of a folder that `mapping` does not name, each with the reason."""
    named = {table.file for table in mapping.tables}
    unused = []
    foreign = [path for path in _files(folder) if path.suffix.lower() in _FOREIGN_ENDINGS]
    for path in (*table_paths(folder), *foreign):
        if path.name in named:
            continue
        try:
            _require_names(read_table(path, report=ProblemReport(), max_rows=1))
        except DataError as error:
            unused.append((path.name, f"the file was not used: {error}"))
        else:
            reason = (
                "the file was not used: its columns do not tell what it is about (to use it, say "
                "its role on the Data page or in a mapping)"
            )
            unused.append((path.name, reason))
    return unused


def unused_columns(folder: Path, mapping: Mapping) -> list[tuple[str, str, str]]:
    """File, column and reason of what is named like a rating or time but was not taken as one."""
    unused = []
    for guess in mapping.tables:
        if guess.role != "interactions":
            continue
        table = read_table(folder / guess.file, report=ProblemReport(), max_rows=_SAMPLE_ROWS)
        for part, find, reason in _UNREAD:
            taken = tuple(guess.columns.values())
            column = None if part in guess.columns else find(Sample.of(table), taken)
            if column is not None:
                unused.append((guess.file, column, reason))
    return unused


def _require_names(table: RawTable) -> None:
    """Refuse a first line of numbers, which is data and would be lost as a header."""
    if is_numeric(table.header):
        first = ", ".join(table.header[:6])
        raise DataError(
            f"{table.file} begins with a line of values ({first}), not with column names. Add a "
            "first line of names, for example user_id, item_id, rating."
        )


def _samples(folder: Path) -> list[Sample]:
    """The first rows of all readable tables; the fault of the only table is raised."""
    samples: list[Sample] = []
    faults: list[DataError] = []
    only = _files(folder) if len(_files(folder)) == 1 else []
    for path in table_paths(folder) or only:
        try:
            table = read_table(path, report=ProblemReport(), max_rows=_SAMPLE_ROWS)
            _require_names(table)
        except DataError as fault:
            faults.append(fault)
        else:
            samples.append(Sample.of(table))
    if not samples and faults:
        raise faults[0]
    if not samples:
        raise DataError(
            f"'{folder.name}' holds no tables. Give CSV, TSV or Parquet files, or a ZIP of them."
        )
    return samples


def _by_names(sample: Sample) -> TableMapping | None:
    triples = find_triples(sample)
    if triples:
        return guess_table(sample, "triples", dict(triples))
    users, items, friends = find_user(sample), find_item(sample), find_friend(sample)
    entity = find_named(sample, ("entity",))
    if entity and items:
        return guess_table(sample, "item_links", {"item": items[0], "entity": entity})
    if entity:
        label = find_label(sample, (entity,))
        return (
            guess_table(sample, "entities", {"entity": entity, "label": label}) if label else None
        )
    if users and items:
        return guess_met(sample, users[0], items[0])
    if users and (friends or len(users) > 1):
        return guess_table(
            sample, "social", {"user": users[0], "friend": (friends or users[1:])[0]}
        )
    if items:
        return guess_items(sample, items[0])
    if users and sample.is_key(users[0]):
        return guess_users(sample, users[0])
    return _by_file_name(sample)


def _by_file_name(sample: Sample) -> TableMapping | None:
    key = sample.header[0]
    if "id" not in name_words(key) and key.lower() != "id":
        return None
    words = [word for word in name_words(sample.stem) if is_item_word(word) or is_user_word(word)]
    if words and is_item_word(words[-1]):
        return guess_items(sample, key)
    return guess_users(sample, key) if words else None


def _by_values(samples: list[Sample]) -> TableMapping | None:
    """The longest table with two columns of values that come back: users, then items."""
    for sample in sorted(samples, key=lambda sample: -sample.n_rows):
        time = find_time(sample, ())
        weight = find_weight(sample, (time or "",))
        free = [name for name in sample.header if name not in (time, weight)]
        named = [*find_user(sample), *find_item(sample)]
        repeated = [name for name in free if name in named or not sample.is_key(name)]
        if len(repeated) < 2:
            continue
        user, item = repeated[:2]
        if _is_key_elsewhere(sample, user, samples) and find_item(sample)[:1] != [item]:
            user, item = item, user
        if find_item(sample)[:1] == [user] or find_user(sample)[:1] == [item]:
            user, item = item, user
        columns = {"user": user, "item": item, "weight": weight, "time": time}
        return guess_table(sample, "interactions", columns)
    return None


def _nothing_met(samples: list[Sample], guesses: list[TableMapping]) -> str:
    """What was found instead of a table of interactions, and the way out."""
    roles = {guess.file: guess.role for guess in guesses}
    found = []
    for sample in samples[:5]:
        columns = ", ".join(f"'{name}'" for name in sample.header[:8])
        role = roles.get(sample.file)
        taken = f", taken as {role}" if role else ""
        if not role and find_user(sample):
            taken = f": '{find_user(sample)[0]}' names the user, no column the item"
        found.append(f"{sample.file} (columns {columns}{taken})")
    return (
        f"No table says which user met which item. Found {'; '.join(found)}. Interactions need a "
        "column of users and one of items: name them, for example, 'user_id' and 'item_id', or "
        "choose the columns in a mapping."
    )


def _is_key_elsewhere(sample: Sample, column: str, samples: list[Sample]) -> bool:
    values = set(sample.columns[column])
    return any(
        other.is_key(name) and len(values & set(other.columns[name])) > 0.5 * len(values)
        for other in samples
        if other.file != sample.file and find_label(other, (other.header[0],))
        for name in other.header[:1]
    )
