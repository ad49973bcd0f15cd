"""Everything that knows Streamlit or Plotly, but no page."""
