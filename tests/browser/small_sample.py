"""A part of the sample films that trains in seconds, zipped as an analyst would upload it."""

from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

SAMPLE_FOLDER = Path(__file__).resolve().parents[2] / "sample_data" / "movies"
N_USERS = 150
N_FILMS = 160
Rows = list[dict[str, str]]


@dataclass(frozen=True)
class SmallSample:
    """The archive and what a correct import must count in it.

    Attributes:
        archive: zip with ratings, films, users, friends and tags, without a mapping file.
        n_users: rows of users.csv.
        n_items: rows of films.csv.
        n_interactions: ratings that can be read; one more is no number.
        films: the rows of films.csv.
    """

    archive: Path
    n_users: int
    n_items: int
    n_interactions: int
    films: Rows

    @property
    def titles(self) -> set[str]:
        return {film["title"] for film in self.films}

    def titles_by(self, director: str) -> set[str]:
        return {film["title"] for film in self.films if director in film["directors"].split("|")}


def kept_tables() -> dict[str, Rows]:
    """The first users and the films that they rated most, by file name."""
    users = _read("users.csv")[:N_USERS]
    user_ids = {row["user_id"] for row in users}
    ratings = [row for row in _read("ratings.csv") if row["user_id"] in user_ids]
    popular = Counter(row["film_id"] for row in ratings).most_common(N_FILMS)
    film_ids = {film_id for film_id, _ in popular}
    return {
        "users.csv": users,
        "films.csv": [row for row in _read("films.csv") if row["film_id"] in film_ids],
        "ratings.csv": [row for row in ratings if row["film_id"] in film_ids],
        "friends.csv": [row for row in _read("friends.csv") if set(row.values()) <= user_ids],
        "tags.csv": [
            row
            for row in _read("tags.csv")
            if row["user_id"] in user_ids and row["film_id"] in film_ids
        ],
    }


def write_small_sample(folder: Path) -> SmallSample:
    """The kept tables as an archive, with one rating that is no number."""
    tables = kept_tables()
    ratings, films = tables["ratings.csv"], tables["films.csv"]
    spoiled = {**ratings[0], "film_id": films[0]["film_id"], "rating": "five"}
    tables["ratings.csv"] = [*ratings, spoiled]
    archive = folder / "small_films.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
        for name, rows in tables.items():
            target.writestr(name, as_csv(rows))
    return SmallSample(
        archive=archive,
        n_users=len(tables["users.csv"]),
        n_items=len(films),
        n_interactions=len(ratings),
        films=films,
    )


def as_csv(rows: Rows) -> str:
    """The rows with their header, as text."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _read(name: str) -> Rows:
    with (SAMPLE_FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
