"""Data: bring it, see what was read and refused, know it."""

import streamlit as st

from kgrec_ui import frame
from kgrec_ui.job_panel import current_job_id, job_panel
from kgrec_ui.parts.bring_data import bring_data, take_imported
from kgrec_ui.parts.mapping_editor import import_draft
from kgrec_ui.parts.profile import dataset_profile
from kgrec_ui.state import get_state

active = frame.page(
    "Data",
    "Bring interactions, items and what is known about them; see what was read and refused.",
    icon=":material/database:",
)

job_id = current_job_id("import")
if job_id is not None:
    job_panel(job_id, on_done=take_imported)

if get_state().draft_folder:
    import_draft()
elif active.dataset is None:
    st.header("Bring data", anchor=False)
    bring_data()
else:
    with st.expander("Bring other data", icon=":material/add:"):
        bring_data()

if active.dataset is not None:
    dataset_profile(active.dataset)
