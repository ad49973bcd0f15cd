"""Core result to values that are ready to show; no Streamlit."""
