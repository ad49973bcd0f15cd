"""Evaluate: how good the run is, for whom, what each part brings, and next to other models."""

from kgrec_ui import frame, guards
from kgrec_ui.parts import evaluation_jobs, evaluation_sections
from kgrec_ui.sections import choose_section
from kgrec_ui.state import Widget
from kgrec_ui.views.section_names import EVALUATE

frame.page(
    "Evaluate",
    "See how often the lists hold what users really chose, and whether a simpler model would do.",
    icon=":material/monitoring:",
)
dataset = guards.require_dataset("This page measures a trained model on what was held out.")

section = choose_section(EVALUATE, Widget.EVALUATE_PART)
is_busy = evaluation_jobs.measuring_job()
with guards.reported_errors(stop=True):
    evaluation_sections.show_section(section, dataset, is_busy=is_busy)
