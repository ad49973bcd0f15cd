"""Measures of how good explanations are, over many users; see EXPLANATION_METRICS.md."""
