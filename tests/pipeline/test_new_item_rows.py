from __future__ import annotations

import pytest

from kgrec_core.data.records import read_records, text_lines
from kgrec_core.data.report import ProblemReport
from kgrec_core.data.tables import RawTable, table_of
from kgrec_core.errors import ConfigError
from kgrec_core.pipeline.loaded_run import LoadedRun
from kgrec_core.pipeline.new_item_rows import (
    ANY_TYPE,
    IGNORED,
    LINKS,
    NAME,
    TEXT,
    ItemRow,
    column_roles,
    guess_roles,
    read_rows,
)
from kgrec_core.pipeline.new_items import NewItemForm
from tests.ui.film_world import film_graph

ROLES = {"title": NAME, "plot": TEXT, "by": LINKS + "person", "kind": LINKS + "genre"}
HEAD = "title,plot,by,kind\n"


def table(text: str) -> RawTable:
    report = ProblemReport()
    records = read_records(text_lines(text), ",", file="new.csv", report=report)
    return table_of(records, file="new.csv", report=report)


def rows_of(text: str, **options: bool) -> tuple[ItemRow, ...]:
    return read_rows(table(HEAD + text), ROLES, film_graph(), reads_text=True, **options)


def test_roles_are_guessed_by_what_the_graph_knows() -> None:
    given = table(
        "title,director,genre,plot,price\n"
        'Thief,michael mann,Drama,"A safe cracker wants one last job, and then a quiet life.",9\n'
        'Gladiator,Ridley Scott|Nobody,Drama,"A general is betrayed and comes back as a slave.",7\n'
    )
    assert guess_roles(given, film_graph()) == {
        "title": NAME,
        "director": LINKS + "person",
        "genre": LINKS + "genre",
        "plot": TEXT,
        "price": IGNORED,
    }


def test_roles_offer_the_types_of_the_graph() -> None:
    assert column_roles(film_graph()) == [
        NAME,
        TEXT,
        LINKS + "genre",
        LINKS + "person",
        LINKS + ANY_TYPE,
        IGNORED,
    ]


def test_a_row_becomes_an_item_with_text_and_links() -> None:
    (row,) = rows_of("Thief,A safe cracker,Michael Mann|ridley  SCOTT,genre:drama\n")
    assert row.form == NewItemForm(
        "Thief", "A safe cracker", ("person:mann", "person:scott", "genre:drama")
    )
    assert row.problems == ()
    assert row.line == 2


def test_an_unknown_link_is_left_out_and_said_with_near_names() -> None:
    (row,) = rows_of("Thief,,Michael Man;Zzz,Drama\n")
    assert row.form == NewItemForm("Thief", "", ("genre:drama",))
    first, second = row.problems
    assert (first.line, first.column, first.value) == (2, "by", "Michael Man")
    assert "not known as person" in first.text
    assert "Near ones: Michael Mann" in first.text
    assert "Near" not in second.text


def test_a_row_with_nothing_to_go_by_stays_and_says_why_it_is_not_placed() -> None:
    first, second = rows_of("Empty,,,\nThief,,,Drama\n")
    assert first.form is None
    assert "Not placed" in first.problems[0].text
    assert second.form is not None


def test_missing_and_repeated_names_are_made_up_and_said() -> None:
    rows = rows_of(",x,,\nThief,x,,\nThief,y,,\n")
    assert [row.label for row in rows] == ["Row 2", "Thief", "Thief (row 4)"]
    assert [len(row.problems) for row in rows] == [1, 0, 1]
    assert "missing" in rows[0].problems[0].text


def test_no_row_is_lost() -> None:
    text = "".join(f"Film {i},{'' if i % 2 else 'words'},{'?' * (i % 3)},\n" for i in range(30))
    rows = rows_of(text)
    assert [row.line for row in rows] == list(range(2, 32))


def test_texts_are_left_out_for_a_run_that_reads_none() -> None:
    (row,) = read_rows(table(HEAD + "A,words,,Drama\n"), ROLES, film_graph(), reads_text=False)
    assert row.form == NewItemForm("A", "", ("genre:drama",))


def test_an_item_is_no_entity_that_can_be_linked() -> None:
    roles = {**ROLES, "by": LINKS + ANY_TYPE}
    (row,) = read_rows(table(HEAD + "A,x,Heat,\n"), roles, film_graph(), reads_text=True)
    assert row.form == NewItemForm("A", "x")
    assert "not known as entity" in row.problems[0].text


@pytest.mark.parametrize(
    "roles",
    [{"title": TEXT}, {"title": NAME, "plot": NAME}, {"title": NAME, "plot": TEXT, "by": TEXT}],
)
def test_one_name_and_at_most_one_text_are_needed(roles: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="One column must be the name"):
        read_rows(table(HEAD + "A,x,,\n"), roles, film_graph(), reads_text=True)


def test_too_many_rows_are_refused() -> None:
    text = HEAD + "A,x,,\n" * 501
    with pytest.raises(ConfigError, match="Split the file"):
        read_rows(table(text), ROLES, film_graph(), reads_text=True)


def test_the_forms_of_a_table_can_be_placed_at_once(fusion_run: LoadedRun) -> None:
    given = table("title,genre\nNew one,Comedy\nNew two,Horror\n")
    roles = guess_roles(given, fusion_run.graph)
    rows = read_rows(given, roles, fusion_run.graph, reads_text=False)
    extended = fusion_run.with_new_items([row.form for row in rows if row.form])
    assert extended.dataset.item_labels[-2:] == ["New one", "New two"] or tuple(
        extended.dataset.item_labels[-2:]
    ) == ("New one", "New two")
