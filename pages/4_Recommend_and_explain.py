"""Recommend and explain: the list of one user, and every score in it taken apart."""

from kgrec_ui import frame, guards
from kgrec_ui.parts import recommend_sections, recommendation
from kgrec_ui.sections import choose_section
from kgrec_ui.state import Widget
from kgrec_ui.views.section_names import RECOMMEND

frame.page(
    "Recommend and explain",
    "Choose a user, read the list, and take any score apart until nothing is left unexplained.",
    icon=":material/recommend:",
)
run = guards.require_run("This page asks a trained model for recommendations.")

user_id, k = recommendation.choose_user_and_k(run)
section = choose_section(RECOMMEND, Widget.RECOMMEND_SECTION)
asked = recommend_sections.count_feedback(run, user_id)
with guards.reported_errors(stop=True):
    recommend_sections.show_section(section, run, asked, k)
