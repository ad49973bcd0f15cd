"""Explanations: the terms of a score, in names, in words and as JSON."""
