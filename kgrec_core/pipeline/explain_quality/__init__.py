"""Measures the explanations of a run over many users; see EXPLANATION_METRICS.md."""
