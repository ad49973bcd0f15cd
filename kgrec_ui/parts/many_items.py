"""Many new items from a table: which column is what, what went wrong, and who would get each."""

from __future__ import annotations

import streamlit as st

from kgrec_core.data.tables import RawTable
from kgrec_core.pipeline.new_item_rows import (
    MAX_ROWS,
    ItemRow,
    column_roles,
    guess_roles,
    read_item_table,
    read_rows,
)
from kgrec_core.storage.records import RunRecord
from kgrec_ui import caching, caching_new_items
from kgrec_ui.components import cutoff_slider, section_heading, show_table
from kgrec_ui.fitting import elided, fitting_rows
from kgrec_ui.guards import empty_state, reported_errors
from kgrec_ui.parts.new_items_note import can_place, new_items_note
from kgrec_ui.state import Widget
from kgrec_ui.views.new_items_view import problem_table, role_words
from kgrec_ui.views.problems_view import problems_view
from kgrec_ui.views.words import as_markdown, counted

__all__ = ["many_items"]

MAX_MEGABYTES = 20
DEFAULT_KEPT = 1
TABLE_HEIGHT = 460
N_ROLES = 4
COLUMNS = {
    "line": st.column_config.NumberColumn("Line", width=45),
    "item": st.column_config.TextColumn("Item", width=120),
    "users who get it": st.column_config.NumberColumn(
        "Get it", width=60, help="Users who would have it in a list of the length above."
    ),
    "with kept places": st.column_config.NumberColumn(
        "With kept places", width=110, help="Users who would have it if places were kept."
    ),
    "best users": st.column_config.TextColumn("Best users", width=150),
    "best rank": st.column_config.NumberColumn("Best rank", width=75),
    "nearest items": st.column_config.TextColumn("Nearest known items", width=170),
    "main reason": st.column_config.TextColumn(
        "Main reason", width=150, help="Why the best user would get it."
    ),
    "note": st.column_config.TextColumn("Note", width=150),
}
PROBLEM_COLUMNS = {
    "line": st.column_config.NumberColumn("Line", width=45),
    "column": st.column_config.TextColumn("Column", width=90),
    "value": st.column_config.TextColumn("Value", width=150),
    "what was found and done": st.column_config.TextColumn("What was found and done"),
}
LETTERS = {"item": 17, "best users": 22, "nearest items": 22, "main reason": 21, "note": 24}
"""Letters that fit into one line of these columns; the download has all of them."""


def many_items(run: RunRecord) -> None:
    """Upload, roles of the columns, problems, results, download."""
    if not can_place(run):
        return
    table = _uploaded()
    if table is None:
        return
    loaded = caching.loaded_run(run.run_id)
    with reported_errors(stop=True):
        roles = _roles(run, table)
        rows = read_rows(table, roles, loaded.graph, reads_text=loaded.encoder is not None)
    if loaded.encoder is None:
        st.info("This run does not read texts, so a column of texts is not used.")
    _problems(rows)
    _results(run, rows)


def _uploaded() -> RawTable | None:
    file = st.file_uploader(
        "Table of new items",
        type=["csv", "tsv", "txt"],
        key=Widget.COLD_FILE,
        max_upload_size=MAX_MEGABYTES,
        help=f"One row per item, at most {MAX_ROWS} rows; CSV with any separator.",
    )
    if file is None:
        empty_state(
            "Who would get each of them?",
            "Give a table with one new item per row: a column with names, and columns with texts "
            "or with what is linked (people, genres, tags …). Several values in a cell are parted "
            "by |, ; or a comma. The columns are guessed, and nothing is trained again.",
            icon=":material/table_rows:",
        )
        return None
    with reported_errors(stop=True):
        table, problems = read_item_table(file.getvalue(), file.name)
    if problems:
        view = problems_view(problems)
        st.warning(view.sentence, icon=":material/rule:")
        show_table(view.table, alt="Problems of the file itself.", height=TABLE_HEIGHT // 2)
    return table


def _roles(run: RunRecord, table: RawTable) -> dict[str, str]:
    """One select box per column, set to the guess."""
    graph = caching.loaded_run(run.run_id).graph
    guess, offered = guess_roles(table, graph), column_roles(graph)
    section_heading("What each column is")
    st.caption(f"Guessed from {counted(len(table), 'row')}; change what is wrong.")
    roles = {}
    columns = st.columns(N_ROLES)
    for place, name in enumerate(table.header):
        example = next((cell for cell in table.columns[name] if cell), "")
        with columns[place % N_ROLES]:
            roles[name] = st.selectbox(
                as_markdown(name),
                offered,
                index=offered.index(guess[name]),
                format_func=role_words,
                key=Widget.COLD_ROLE.of(table.file, name),
                help=f"For example: {as_markdown(example[:80])}" if example else "Empty.",
            )
    return roles


def _problems(rows: tuple[ItemRow, ...]) -> None:
    table = problem_table(rows)
    if not table.height:
        st.success("Every row was read without a problem.", icon=":material/check:")
        return
    n_rows = sum(bool(row.problems) for row in rows)
    with st.expander(
        f"{counted(table.height, 'problem')} in {counted(n_rows, 'row')}; nothing is lost",
        icon=":material/rule:",
        expanded=table.height <= 5,
    ):
        show_table(
            table.to_pandas(),
            alt="Problems of single rows, in words.",
            height=TABLE_HEIGHT // 2,
            column_config=PROBLEM_COLUMNS,
        )
        st.download_button(
            "Download problems as CSV",
            table.write_csv(),
            file_name="new-items-problems.csv",
            mime="text/csv",
            key=Widget.COLD_DOWNLOAD.of("problems"),
            on_click="ignore",
            icon=":material/download:",
        )


def _results(run: RunRecord, rows: tuple[ItemRow, ...]) -> None:
    section_heading("Who would get them")
    length, places = st.columns(2, gap="large")
    with length:
        k = cutoff_slider()
    with places:
        n_kept = int(
            st.number_input(
                "Places kept for new items",
                0,
                k,
                min(DEFAULT_KEPT, k),
                key=Widget.COLD_PLACES,
                help="A count, not what the model does: the last places of each list go to the "
                "new items that stand highest for this user.",
            )
        )
    with reported_errors(stop=True):
        placed = caching_new_items.placed_items(run.run_id, rows, k, n_kept)
    new_items_note(run)
    st.markdown(f":gray[{as_markdown(placed.sentence)}]")
    shown = elided(placed.table.to_pandas(), LETTERS)
    show_table(
        shown,
        alt=f"Each new item with its users, nearest items and main reason. {placed.sentence}",
        height=TABLE_HEIGHT,
        row_height=fitting_rows(shown, LETTERS),
        column_config=COLUMNS if any(placed.table["note"]) else {**COLUMNS, "note": None},
        key=Widget.COLD_DOWNLOAD.of("table"),
    )
    st.caption(
        "“Get it” ranks each item among the known items that a user has not chosen; the new ones "
        "take no places from each other. With kept places they compete. All are placed together, "
        "so links that they share count as more common: the form for a single item can give "
        "slightly other ranks."
    )
    st.download_button(
        "Download as CSV",
        placed.table.write_csv(),
        file_name="new-items.csv",
        mime="text/csv",
        key=Widget.COLD_DOWNLOAD,
        on_click="ignore",
        icon=":material/download:",
        type="primary",
    )
