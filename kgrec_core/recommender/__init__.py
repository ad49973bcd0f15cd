"""Recommenders behind one contract; every score is bias plus named contributions."""
