"""The server of the app: Streamlit's own, with pages that know at once where it answers."""

import streamlit as st

from kgrec_ui.page_routes import page_routes

app = st.App("app.py", routes=page_routes())
