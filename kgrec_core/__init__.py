"""kgrec: recommendations whose every score is a plain sum of named contributions."""

__version__ = "0.1.0"
