"""Three ways to bring data: the sample, an upload, a folder on this machine."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from kgrec_core.config import checked
from kgrec_core.data.mapping import Mapping
from kgrec_core.errors import DataError
from kgrec_ui import caching
from kgrec_ui.active import use_dataset
from kgrec_ui.guards import reported_errors
from kgrec_ui.job_panel import start_job
from kgrec_ui.sample import sample_folder
from kgrec_ui.state import Param, Widget, get_state
from kgrec_ui.uploads import discard_upload, find_upload, save_uploads, upload_name

__all__ = ["bring_data", "drop_draft", "load_sample", "reopen_draft", "take_imported"]

DRAFT_NAME = "My data"

UPLOAD_TAB = ":material/upload: Upload"


def bring_data() -> None:
    """The three ways, side by side in tabs."""
    sample, upload, folder = st.tabs(
        [":material/movie: Sample", UPLOAD_TAB, ":material/folder: Folder"],
        default=UPLOAD_TAB if get_state().wants_upload else None,
    )
    with sample:
        _sample()
    with upload:
        _upload()
    with folder:
        _folder()


def load_sample() -> None:
    """Start the import of the sample that comes with kgrec."""
    folder = sample_folder()
    if folder is None:
        st.error("The sample files are not installed beside kgrec.", icon=":material/error:")
        return
    values = json.loads((folder / "mapping.json").read_text("utf-8"))
    mapping = checked(Mapping, values)
    start_job(
        "import",
        {
            "path": str(folder),
            "name": mapping.name,
            "format": "csv",
            "mapping": mapping.model_dump(mode="json"),
        },
    )


def take_imported(result: dict[str, Any]) -> None:
    """Use the data set that an import has made, and let go of the uploaded files."""
    use_dataset(str(result["fingerprint"]))
    drop_draft()


def drop_draft() -> None:
    """Forget files that wait to be imported; copies that we made are removed."""
    state = get_state()
    if state.draft_folder:
        discard_upload(Path(state.draft_folder), caching.workspace_root())
    state.draft_folder = state.draft_name = ""
    st.query_params.pop(Param.DRAFT, None)


def reopen_draft() -> None:
    """Take up uploaded files named in the address, so that a reload does not lose them."""
    state, name = get_state(), st.query_params.get(Param.DRAFT)
    if state.draft_folder or name is None:
        return
    folder = find_upload(name, caching.workspace_root())
    if folder is None:
        st.query_params.pop(Param.DRAFT)
        return
    state.draft_folder = str(folder)
    state.draft_name = DRAFT_NAME if folder.name == name else folder.name


def _sample() -> None:
    st.markdown(
        "Real films with people, genres, tags and descriptions, rated by invented viewers. "
        "Good to see every page at work before you bring your own data."
    )
    if st.button(
        "Load the sample",
        key=Widget.LOAD_SAMPLE,
        type="primary",
        icon=":material/play_arrow:",
        disabled=sample_folder() is None,
    ):
        load_sample()
        st.rerun()


def _upload() -> None:
    st.markdown(
        "One table is enough: **who chose what**. Further tables about items, users, tags or a "
        "knowledge graph make the results better. Several files at once, or one ZIP."
    )
    state = get_state()
    files = st.file_uploader(
        "Tables (CSV, TSV, Parquet, gzip) or a ZIP with them",
        accept_multiple_files=True,
        key=Widget.UPLOAD_FILES.of(state.upload_round),
        help="The files stay on this machine, in the workspace folder.",
    )
    if not files:
        return
    with reported_errors(), st.spinner("Saving the files …"):
        folder = save_uploads(files, caching.workspace_root())
        drop_draft()
        state.draft_folder, state.draft_name = str(folder), _name_of(files)
        st.query_params[Param.DRAFT] = upload_name(folder, caching.workspace_root())
        # Another key empties the uploader, so that the server lets go of its copy in memory.
        state.upload_round += 1
        st.rerun()


def _name_of(files: Sequence[UploadedFile]) -> str:
    return Path(files[0].name).stem if len(files) == 1 else DRAFT_NAME


def _folder() -> None:
    st.markdown(
        "For large data: files are read where they lie. The path is one on the machine that "
        "runs kgrec."
    )
    with st.form(Widget.FOLDER_READ.of("form"), border=False):
        text = st.text_input(
            "Folder, file or ZIP",
            key=Widget.FOLDER_PATH,
            placeholder="/data/my-shop",
            persist_state="session",
        )
        is_asked = st.form_submit_button("Read", icon=":material/folder_open:")
    if is_asked:
        with reported_errors():
            _open_path(text)


def _open_path(text: str) -> None:
    path = Path(text.strip()).expanduser()
    if not text.strip() or not path.exists():
        raise DataError(f"There is nothing at “{text.strip()}”. Check the path and try again.")
    drop_draft()
    state = get_state()
    state.draft_folder, state.draft_name = str(path.absolute()), path.stem
    st.rerun()
