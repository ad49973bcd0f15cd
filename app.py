"""Start page: the journey in order, with what is done and what comes next."""

import streamlit as st

from kgrec_ui import frame
from kgrec_ui.parts import start

active = frame.page(
    "kgrec",
    "Recommendations whose every score can be read: what similar users did, how items hang "
    "together in a knowledge graph, and what their texts say, added up part by part.",
)
if active.dataset is None:
    start.first_choice()
st.subheader("The journey", anchor=False)
start.step_cards(active)
