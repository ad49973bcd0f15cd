"""Cold start: somebody new, and something new, without training again."""

import streamlit as st

from kgrec_ui import frame, guards
from kgrec_ui.parts.new_item import new_item
from kgrec_ui.parts.newcomer import newcomer
from kgrec_ui.state import Widget

frame.page(
    "Cold start",
    "Try out a user or an item that the model has never seen. Nothing is trained again.",
    icon=":material/ac_unit:",
)
run = guards.require_run("This page asks a trained model about newcomers.")

user_tab, item_tab = st.tabs(["A new user", "A new item"], key=Widget.COLD_KIND, on_change="rerun")
if user_tab.open:
    with user_tab:
        newcomer(run)
if item_tab.open:
    with item_tab:
        new_item(run)
