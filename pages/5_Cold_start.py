"""Cold start: somebody new, and something new, without training again."""

import streamlit as st

from kgrec_ui import frame, guards
from kgrec_ui.parts import lab_address, lab_sections, present
from kgrec_ui.sections import choose_section
from kgrec_ui.state import Widget
from kgrec_ui.views.section_names import COLD_START

lab_address.take_up_scenario()
if present.is_presenting():
    present.present()
    st.stop()

frame.page(
    "Cold start",
    "Try out a user or an item that the model has never seen. Nothing is trained again.",
    icon=":material/ac_unit:",
)
run = guards.require_run("This page asks a trained model about newcomers.")
section = choose_section(COLD_START, Widget.COLD_KIND)
with guards.reported_errors(stop=True):
    lab_sections.show_section(section, run)
