"""Data: bring it, see what was read and refused, know it."""

from kgrec_ui import frame
from kgrec_ui.job_panel import current_job_id, job_panel
from kgrec_ui.parts.bring_data import take_imported
from kgrec_ui.parts.mapping_editor import bring_section
from kgrec_ui.parts.profile import dataset_profile

active = frame.page(
    "Data",
    "Bring interactions, items and what is known about them; see what was read and refused.",
    icon=":material/database:",
)

job_id = current_job_id("import")
job = None
if job_id is not None:
    job = job_panel(
        job_id,
        on_done=take_imported,
        next_step=("pages/2_Knowledge_graph.py", "See the knowledge graph"),
    )

bring_section(has_data=active.dataset is not None, is_busy=job is not None and not job.is_over)
if active.dataset is not None:
    dataset_profile(active.dataset)
