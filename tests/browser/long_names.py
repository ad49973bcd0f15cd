"""A small data set in which every name is as long as names get, to see whether pages hold."""

from __future__ import annotations

import sys
from pathlib import Path

from kgrec_core.config import TrainSettings
from kgrec_core.data.mapping import LinkColumn, Mapping, TableMapping
from kgrec_core.pipeline.importing import import_path
from kgrec_core.pipeline.training import train
from kgrec_core.storage.workspace import Workspace
from tests.browser.small_sample import Rows, as_csv, kept_tables

NAME_LENGTH = 120  # characters of titles, people and tags
DATASET_NAME = "A very long name that says for whom this was made and when ".ljust(80, "x")
"""As long as the Data page lets a name become; its last word cannot be broken at a space."""
WORDS = "and the long journey home through the mountains with all her friends and their animals "
ONE_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
LONG_RELATION = "was_{}_over_many_years_and_with_the_help_of_many_other_people_by_the_following_{}"
LINKS = (("directors", "person"), ("genres", "genre"), ("country", "country"))


def long(name: str) -> str:
    """The name, stretched to 120 characters; some end in one word that is very long."""
    tail = ONE_WORD * 2 if len(name) % 5 == 0 else WORDS * 2
    return f"{name} {tail}"[:NAME_LENGTH].strip()


def write_long_names(folder: Path) -> Path:
    """The tables of the small sample with stretched names."""
    tables = kept_tables()
    target = folder / "long_names"
    target.mkdir(parents=True)
    _stretch(tables["films.csv"], "title", *(column for column, _ in LINKS))
    _stretch(tables["users.csv"], "name")
    _stretch(tables["tags.csv"], "tag")
    for name, rows in tables.items():
        (target / name).write_text(as_csv(rows), "utf-8")
    return target


def long_mapping() -> Mapping:
    """Reads the tables with relations and entity types of long names."""
    columns = {
        "ratings.csv": ("interactions", {"user": "user_id", "item": "film_id", "weight": "rating"}),
        "users.csv": ("users", {"user": "user_id", "label": "name"}),
        "friends.csv": ("social", {"user": "user_id", "friend": "friend_id"}),
        "tags.csv": ("tags", {"user": "user_id", "item": "film_id", "tag": "tag"}),
    }
    tables = [TableMapping(file=f, role=role, columns=c) for f, (role, c) in columns.items()]
    films = TableMapping(
        file="films.csv",
        role="items",
        columns={"item": "film_id", "label": "title", "text": "description"},
        links=tuple(
            LinkColumn(
                column=column,
                relation=LONG_RELATION.format(column, kind),
                entity_type=f"{kind}_of_which_there_are_many_kinds_in_many_places",
                separator="|",
            )
            for column, kind in LINKS
        ),
    )
    return Mapping(name=DATASET_NAME, tables=(*tables, films))


def make_workspace(folder: Path, settings: TrainSettings) -> Path:
    """Import and train the long names; returns the workspace."""
    workspace = Workspace(folder / "workspace")
    imported = import_path(
        workspace, write_long_names(folder), name=DATASET_NAME, mapping=long_mapping(), format="csv"
    )
    train(workspace, imported.dataset.fingerprint, settings)
    workspace.close()
    return folder / "workspace"


def _stretch(rows: Rows, *columns: str) -> None:
    for row in rows:
        for column in columns:
            cells = row[column].split("|") if row[column] else []
            row[column] = "|".join(long(cell) for cell in cells)


if __name__ == "__main__":  # to look at the pages by hand
    make_workspace(Path(sys.argv[1]), TrainSettings())
