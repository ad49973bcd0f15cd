"""The real data sets of the accuracy table, written as folders that `kgrec import` reads.

They lie in the folder that KGREC_BENCH_DATA names, else in `shared/data` beside the project, and
are not part of the project. Each `prepare_*` function writes into an empty folder and leaves the
source as it is.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
SECONDS_PER_STEP = 86_400
"""Sequences without dates get one day per step: only their order counts."""


def data_root() -> Path:
    """Where the real data sets should be."""
    named = os.environ.get("KGREC_BENCH_DATA", "")
    return Path(named) if named else PROJECT.parent / "shared" / "data"


@dataclass(frozen=True)
class Source:
    """One data set: what it needs from the data folder, and how it becomes an importable folder."""

    name: str
    needs: str
    prepare: Callable[[Path, Path], None]

    def folder(self, root: Path, cache: Path) -> Path | None:
        """The prepared folder, made when it is not there; None when the source is absent."""
        source, target = root / self.needs, cache / self.name
        if not source.is_dir():
            return None
        if not target.is_dir():
            aside = cache / f".{self.name}-{os.getpid()}"
            shutil.rmtree(aside, ignore_errors=True)
            aside.mkdir(parents=True)
            self.prepare(source, aside)
            aside.rename(target)
        return target


def prepare_ml_100k(source: Path, target: Path) -> None:
    """RecBole's files with the corrected link, and plots as texts, as mapped tables."""
    for kind in ("inter", "kg"):
        untyped(source / "recbole" / f"ml-100k.{kind}", target / f"{kind}.tsv")
    untyped(source / "recbole" / "ml-100k.link.relinked", target / "link.tsv")
    texts = {row["item"]: row for row in table(source / "derived" / "item_text.tsv")}
    rows = [
        {
            "item": row["item_id:token"],
            "title": row["movie_title:token_seq"],
            "year": row["release_year:token"],
            "class": row["class:token_seq"].replace(" ", "|"),
            "plot": texts.get(row["item_id:token"], {}).get("text", ""),
        }
        for row in plain_table(source / "recbole" / "ml-100k.item")
    ]
    write_table(target / "items.tsv", rows)
    links = [
        {"column": "class", "relation": "has_genre", "entity_type": "genre", "separator": "|"},
        {"column": "year", "relation": "from_decade", "entity_type": "decade", "bin": 10},
    ]
    times = {"weight": "rating", "time": "timestamp"}
    tables = [
        role("inter.tsv", "interactions", user="user_id", item="item_id", **times),
        {**role("items.tsv", "items", item="item", label="title", text="plot"), "links": links},
        role("kg.tsv", "triples", head="head_id", relation="relation_id", tail="tail_id"),
        role("link.tsv", "item_links", item="item_id", entity="entity_id"),
    ]
    write_mapping(target, "ml-100k", tables)


def prepare_lightkg(source: Path, target: Path) -> None:
    """The published parts as they are."""
    for path in source.glob("lastfm.*"):
        shutil.copyfile(path, target / path.name)


def prepare_lightkg_union(source: Path, target: Path) -> None:
    """The three parts as one file, so that fresh splits can be drawn."""
    lines: list[str] = []
    for part in ("train", "valid", "test"):
        head, *rest = (source / f"lastfm.{part}.inter").read_text("utf-8").splitlines()
        lines += [head, *rest] if not lines else rest
    (target / "lastfm.inter").write_text("\n".join(lines) + "\n", "utf-8")
    for kind in ("kg", "link"):
        shutil.copyfile(source / f"lastfm.{kind}", target / f"lastfm.{kind}")


def prepare_lastfm_with_people(source: Path, target: Path) -> None:
    """The three parts as one table, their graph, and the friends and tags of the same ids."""
    prepare_lightkg_union(source / "lightkg", target)
    for kind in ("inter", "kg", "link"):
        untyped(target / f"lastfm.{kind}", target / f"{kind}.tsv")
        (target / f"lastfm.{kind}").unlink()
    known = list(plain_table(target / "inter.tsv"))
    users, items = ({row[column] for row in known} for column in ("user_id", "item_id"))
    raw = source / "raw"
    friends = plain_table(raw / "user_friends.dat")
    write_table(target / "friends.tsv", [row for row in friends if set(row.values()) <= users])
    names = {row["tagID"]: row["tagValue"] for row in plain_table(raw / "tags.dat", "latin-1")}
    tags = [
        {"user": row["userID"], "item": row["artistID"], "tag": names[row["tagID"]]}
        for part in ("part1", "part2")
        for row in plain_table(raw / f"user_taggedartists.{part}.dat")
        if row["artistID"] in items and names.get(row["tagID"])
    ]
    write_table(target / "tags.tsv", tags)
    tables = [
        role("inter.tsv", "interactions", user="user_id", item="item_id", weight="rating"),
        role("friends.tsv", "social", user="userID", friend="friendID"),
        role("tags.tsv", "tags", user="user", item="item", tag="tag"),
        role("kg.tsv", "triples", head="head_id", relation="relation_id", tail="tail_id"),
        role("link.tsv", "item_links", item="item_id", entity="entity_id"),
    ]
    write_mapping(target, "lastfm", tables)


def prepare_kgat(source: Path, target: Path) -> None:
    """A folder in the KGAT layout as it is."""
    for path in source.glob("*.txt"):
        shutil.copyfile(path, target / path.name)


def prepare_beauty(source: Path, target: Path) -> None:
    """Sequences with their order as time, the graph keyed by product, keywords as texts."""
    products = {
        row["s3rec_item"]: row["asin"] for row in table(source / "derived" / "s3rec_item_map.tsv")
    }
    write_table(target / "interactions.tsv", list(sequence_rows(source, products)))
    items = [
        {"item": row["asin"], "keywords": row["text_id"]}
        for row in table(source / "derived" / "items.tsv")
    ]
    write_table(target / "items.tsv", items)
    with gzip.open(source / "derived" / "kg.tsv.gz", "rt", encoding="utf-8") as packed:
        (target / "kg.tsv").write_text(packed.read(), "utf-8")
    tables = [
        role("interactions.tsv", "interactions", user="user", item="item", time="time"),
        role("items.tsv", "items", item="item", label="keywords", text="keywords"),
        role("kg.tsv", "triples", head="h", relation="r", tail="t"),
    ]
    write_mapping(target, "amazon-beauty", tables)


def sequence_rows(source: Path, products: dict[str, str]) -> Iterator[dict[str, str]]:
    """One row per step of "user item item ..."; the place in the line gives the time."""
    text = (source / "split_s3rec" / "Beauty.txt").read_text("utf-8")
    for line in text.splitlines():
        user, *items = line.split()
        for place, item in enumerate(items, start=1):
            time = str(place * SECONDS_PER_STEP)
            yield {"user": user, "item": products[item], "time": time}


def role(file: str, name: str, **columns: str) -> dict[str, Any]:
    """The mapping of a file: its role, and the column of each part."""
    return {"file": file, "role": name, "columns": columns}


def table(path: Path) -> Iterator[dict[str, str]]:
    """Rows of a tab separated file with a header and quoted cells."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t")


def plain_table(path: Path, encoding: str = "utf-8") -> Iterator[dict[str, str]]:
    """The same where quotes mean nothing."""
    with path.open(encoding=encoding, newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def untyped(source: Path, target: Path) -> None:
    """A copy whose header has plain names: "user_id:token" becomes "user_id"."""
    head, rest = source.read_text("utf-8").split("\n", 1)
    names = [name.rpartition(":")[0] for name in head.split("\t")]
    target.write_text("\t".join(names) + "\n" + rest, "utf-8")


def write_table(path: Path, rows: list[dict[str, str]]) -> None:
    """A tab separated file with a header."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter="\t")
        writer.writeheader()
        writer.writerows(rows)


def write_mapping(target: Path, name: str, tables: list[dict[str, Any]]) -> None:
    """The mapping.json beside the tables."""
    content = json.dumps({"name": name, "tables": tables}, indent=1)
    (target / "mapping.json").write_text(content, "utf-8")


SOURCES = {
    source.name: source
    for source in (
        Source("ml-100k", "ml-100k", prepare_ml_100k),
        Source("lastfm-union", "lastfm-2k/lightkg", prepare_lightkg_union),
        Source("lastfm-people", "lastfm-2k", prepare_lastfm_with_people),
        Source("lastfm-fixed", "lastfm-2k/lightkg", prepare_lightkg),
        Source("lastfm-lightgcnpp", "lastfm-2k/split_lightgcnpp", prepare_kgat),
        Source("amazon-book", "amazon-book-kgat-cf", prepare_kgat),
        Source("dbbook2014", "dbbook2014", prepare_kgat),
        Source("amazon-beauty", "amazon-beauty", prepare_beauty),
    )
}
