"""View to Plotly figure or picture; no computing, no Streamlit."""
