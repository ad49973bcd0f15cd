"""A shop whose names try to break out of a page: markup, quotes, control characters, length."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

SCRIPT = "<script>alert(1)</script>"
BREAKOUT = "\"><img src=x onerror=alert(2)> & 'q' </title></style>"
LONG = "An endless name " * 30
SHOP = "Shop <b>bold</b> & \"co\" <script src='http://evil.example/x.js'></script>"
N_USERS, N_ITEMS = 24, 16
GENRES = ("Drama", BREAKOUT, "Horror", "Western")


def write_hostile_tables(folder: Path) -> Path:
    """Users like one of four genres; ages and friends are stated."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(3)
    labels = {0: SCRIPT, 1: BREAKOUT, 2: LONG.strip(), 3: "日本語のとても長いタイトル" * 6}
    items = [
        (f"i{i:02}", labels.get(i, f"Title {i}"), GENRES[i % 4], f"Maker {i % 5}")
        for i in range(N_ITEMS)
    ]
    users = [
        (f"u{u:02}", SCRIPT if u < 3 else f"User {u}", "old" if u % 2 else "young")
        for u in range(N_USERS)
    ]
    rows = []
    for u in range(N_USERS):
        liked = [i for i in range(N_ITEMS) if i % 4 == u % 4]
        others = rng.choice([i for i in range(N_ITEMS) if i % 4 != u % 4], 3, replace=False)
        rows += [(f"u{u:02}", f"i{i:02}", "5") for i in [*liked, *others.tolist()]]
    rows.append(("u00", SCRIPT, "many"))
    _write(folder / "items.csv", ("item_id", "title", "genre", "maker"), items)
    _write(folder / "users.csv", ("user_id", "name", "age_group"), users)
    _write(folder / "ratings.csv", ("user_id", "item_id", "rating"), rows)
    (folder / "mapping.json").write_text(MAPPING, "utf-8")
    return folder


def _write(path: Path, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


MAPPING = """
{"name": "hostile", "tables": [
  {"file": "ratings.csv", "role": "interactions",
   "columns": {"user": "user_id", "item": "item_id", "weight": "rating"}},
  {"file": "items.csv", "role": "items", "columns": {"item": "item_id", "label": "title"},
   "links": [{"column": "genre", "relation": "has_genre", "entity_type": "genre"},
             {"column": "maker", "relation": "made_by", "entity_type": "maker"}]},
  {"file": "users.csv", "role": "users", "columns": {"user": "user_id", "label": "name"},
   "links": [{"column": "age_group", "relation": "aged", "entity_type": "age"}]}
]}
"""
