"""Files that wait to be imported: what each one is and which column plays which part."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import streamlit as st

from kgrec_core.data.mapping import (
    OPTIONAL_COLUMNS,
    REQUIRED_COLUMNS,
    LinkColumn,
    Mapping,
    Role,
    TableMapping,
)
from kgrec_core.errors import DataError
from kgrec_ui import caching_drafts
from kgrec_ui.components import section_heading, show_table
from kgrec_ui.guards import reported_errors
from kgrec_ui.job_panel import start_job
from kgrec_ui.parts.bring_data import bring_data, drop_draft, reopen_draft
from kgrec_ui.state import Widget, get_state
from kgrec_ui.views.mapping_view import (
    FORMAT_NAMES,
    PART_LABELS,
    ROLE_LABELS,
    TableChoice,
    TablePreview,
    build_mapping,
    default_column,
    links_frame,
    links_of,
)
from kgrec_ui.views.words import as_markdown

__all__ = ["bring_section", "import_draft"]

NOT_USED = "Not used"
LINK_HELP = (
    "Each cell becomes links of the knowledge graph, from the item to a person, genre, place … "
    "Two columns with the same entity type share their entities."
)


def bring_section(*, has_data: bool, is_busy: bool) -> None:
    """Files that wait to be imported, else the ways to bring some; nothing during an import."""
    reopen_draft()
    if is_busy:
        return
    if get_state().draft_folder:
        import_draft()
    elif has_data:
        with st.expander("Bring other data", icon=":material/add:"):
            bring_data()
    else:
        section_heading("Bring data")
        bring_data()


def import_draft() -> None:
    """Show the waiting files and import them on demand."""
    state = get_state()
    folder = Path(state.draft_folder)
    with st.container(border=True):
        section_heading("Check and import")
        name = st.text_input(
            "Name of the data set",
            value=state.draft_name,
            key=Widget.UPLOAD_NAME.of(folder.name),
            max_chars=80,
        )
        with reported_errors():
            mapping, found = _mapping(folder, name)
            _buttons(folder, name, mapping, found)
            return
        _discard_button()


def _mapping(folder: Path, name: str) -> tuple[Mapping | None, str]:
    if not folder.is_dir():  # a single file or an archive: the core finds out what it is
        st.info("The file is read as it is; columns are recognized by their names.")
        return None, "auto"
    found, guess, fault = caching_drafts.guessed_mapping(folder, name)
    if found != "csv":
        st.info(
            f"Recognized as **{FORMAT_NAMES.get(found, found)}**. Nothing needs to be mapped.",
            icon=":material/verified:",
        )
        return None, found
    previews = caching_drafts.previews(folder)
    if all(preview.fault for preview in previews):
        raise DataError(" ".join(preview.fault for preview in previews))
    _what_to_do(fault)
    guesses = {table.file: table for table in guess.tables} if guess else {}
    previews.sort(key=lambda preview: _place(guesses.get(preview.file)))
    choices = [
        _table_editor(folder, preview, guesses.get(preview.file), is_open=place == 0)
        for place, preview in enumerate(previews)
    ]
    return build_mapping(name.strip() or "My data", choices), found


def _what_to_do(fault: str) -> None:
    """What the reader of the tables below should look for."""
    if not fault:
        st.markdown(
            "This is what the columns seem to mean. Correct what is wrong; "
            "columns that are not chosen are left out."
        )
        return
    st.warning(
        f"Choose “{ROLE_LABELS['interactions']}” for one of the files and say which columns hold "
        "the users and the items. The names of the columns did not tell it.",
        icon=":material/help:",
    )
    with st.expander("Why nothing was recognized", type="compact"):
        st.markdown(as_markdown(fault))


def _place(guess: TableMapping | None) -> int:
    """Interactions first, then in the order of importance; unknown tables last."""
    return list(ROLE_LABELS).index(guess.role) if guess else len(ROLE_LABELS)


def _buttons(folder: Path, name: str, mapping: Mapping | None, found: str) -> None:
    with st.container(horizontal=True):
        if st.button("Import", key=Widget.IMPORT, type="primary", icon=":material/download:"):
            start_job(
                "import",
                {
                    "path": str(folder),
                    "name": name.strip() or "My data",
                    "format": found,
                    "mapping": mapping.model_dump(mode="json") if mapping else None,
                },
            )
            st.rerun()
        _discard_button()


def _discard_button() -> None:
    if st.button("Discard", key=Widget.IMPORT_DISCARD, icon=":material/delete:"):
        drop_draft()
        st.rerun()


def _table_editor(
    folder: Path, preview: TablePreview, guess: TableMapping | None, *, is_open: bool
) -> TableChoice:
    if preview.fault:
        st.warning(f"{preview.fault} It will be left out.", icon=":material/warning:")
        return TableChoice(preview.file, None)
    key = (folder.name, preview.file)
    guessed = guess.role if guess else NOT_USED
    role_now = st.session_state.get(Widget.MAPPING_ROLE.of(*key), guessed)
    label = ROLE_LABELS.get(role_now, NOT_USED).partition(":")[0]
    # Another label makes another expander: without this, a new role would close it.
    is_open = is_open or role_now != guessed
    with st.expander(f"**{preview.file}** · {label} · {preview.size}", expanded=is_open):
        show_table(preview.rows, alt=f"The first rows of {preview.file}.")
        options: list[str] = [NOT_USED, *ROLE_LABELS]
        role = st.selectbox(
            "What is in this file?",
            options,
            index=options.index(guess.role) if guess else 0,
            format_func=lambda value: ROLE_LABELS.get(value, NOT_USED),
            key=Widget.MAPPING_ROLE.of(*key),
        )
        if role == NOT_USED:
            return TableChoice(preview.file, None)
        fitting = guess if guess is not None and guess.role == role else None
        return _role_editor(key, preview, cast(Role, role), fitting)


def _role_editor(
    key: tuple[str, str], preview: TablePreview, role: Role, guess: TableMapping | None
) -> TableChoice:
    parts = [*REQUIRED_COLUMNS[role], *OPTIONAL_COLUMNS[role]]
    columns: dict[str, str | None] = {}
    places = st.columns(max(len(parts), 3))
    for place, part in zip(places, parts, strict=False):
        with place:
            columns[part] = _column_select(key, preview, role, part, guess)
    min_weight, links = None, guess.links if guess else ()
    if role == "interactions" and columns.get("weight"):
        min_weight = st.number_input(
            "Only count weights from",
            value=guess.min_weight if guess else None,
            key=Widget.MAPPING_MIN_WEIGHT.of(*key),
            placeholder="all",
            help="For ratings: leave out what people did not like, for example below 3.",
            width=220,
        )
    if role in ("items", "users"):
        links = _links_editor(key, preview, role, guess)
    return TableChoice(preview.file, role, columns, links, min_weight)


def _column_select(
    key: tuple[str, str], preview: TablePreview, role: Role, part: str, guess: TableMapping | None
) -> str | None:
    is_needed = part in REQUIRED_COLUMNS[role]
    default = default_column(part, preview.header, guess)
    options = ["", *preview.header]
    empty = "Choose a column" if is_needed else "None"
    chosen: str = st.selectbox(
        PART_LABELS[part] + ("" if is_needed else " (optional)"),
        options,
        index=options.index(default or ""),
        format_func=lambda column: column or empty,
        key=Widget.MAPPING_COLUMN.of(*key, role, part),
    )
    return chosen or None


def _links_editor(
    key: tuple[str, str], preview: TablePreview, role: Role, guess: TableMapping | None
) -> tuple[LinkColumn, ...]:
    st.markdown("**Columns that become links of the knowledge graph**", help=LINK_HELP)
    frame = st.data_editor(
        links_frame(guess.links if guess else ()),
        key=Widget.MAPPING_LINKS.of(*key, role),
        num_rows="dynamic",
        hide_index=True,
        alt=f"Link columns of {preview.file}",
        column_config={
            "Column": st.column_config.SelectboxColumn(options=list(preview.header)),
            "Relation": st.column_config.TextColumn(help="Name of the link, such as directed_by"),
            "Entity type": st.column_config.TextColumn(help="Such as person; shared by columns"),
            "Separator": st.column_config.TextColumn(help="Splits a cell, such as | or ;"),
            "Bin width": st.column_config.NumberColumn(
                help="For numbers: 10 turns years into decades", min_value=0.0
            ),
        },
    )
    return links_of(frame)
