"""Further additive parts of a score, each a listener (whose evidence counts) and a kernel."""
