"""Recommenders from the literature, to compare with; behind the same contract as all others."""
