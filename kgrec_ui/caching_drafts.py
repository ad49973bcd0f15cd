"""Caches of files that wait to be imported: keyed by folder, names, sizes and change times."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from kgrec_core.errors import KgrecError

if TYPE_CHECKING:
    from kgrec_core.data.mapping import Mapping
    from kgrec_ui.views.mapping_view import TablePreview

__all__ = ["guessed_mapping", "previews"]


@st.cache_data(max_entries=8, show_spinner="Looking at the files …")
def _previews(folder: str, stamp: tuple[tuple[str, int, int], ...]) -> list[TablePreview]:
    from kgrec_ui.views.mapping_view import previews_of

    return previews_of(Path(folder))


@st.cache_data(max_entries=8, show_spinner="Guessing what the columns mean …")
def _guessed_mapping(
    folder: str, stamp: tuple[tuple[str, int, int], ...], name: str
) -> tuple[str, Mapping | None, str]:
    from kgrec_core.data.formats import detect_format, find_mapping
    from kgrec_core.data.guess import guess_mapping

    found = detect_format(Path(folder))
    if found != "csv":
        return found, None, ""
    try:
        return found, find_mapping(Path(folder)) or guess_mapping(Path(folder), name=name), ""
    except KgrecError as error:  # the analyst maps by hand
        return found, None, str(error)


def _stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Names, sizes and change times: another content of the same folder is another key."""
    if not folder.is_dir():
        return ()
    paths = (path for path in sorted(folder.iterdir()) if path.is_file())
    return tuple((p.name, p.stat().st_size, p.stat().st_mtime_ns) for p in paths)


def previews(folder: Path) -> list[TablePreview]:
    """The first rows of each table in a folder that is about to be imported."""
    return _previews(str(folder), _stamp(folder))


def guessed_mapping(folder: Path, name: str) -> tuple[str, Mapping | None, str]:
    """The format of a folder, what the columns of plain tables seem to mean, or why not."""
    return _guessed_mapping(str(folder), _stamp(folder), name)
