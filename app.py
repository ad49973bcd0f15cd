"""Start page: the journey in order, with what is done and what comes next."""

from kgrec_ui import frame
from kgrec_ui.components import section_heading
from kgrec_ui.parts import start

active = frame.page(
    "Recommendations whose every score can be read",
    "kgrec adds up what similar users did, how items hang together in a knowledge graph, and what "
    "their texts say. Bring your data, train a model, and see what each recommendation is made of.",
    tab_title="Start",
)
if active.dataset is None:
    start.first_choice()
section_heading("The journey")
start.step_cards(active)
