"""Numbers of measurements in words: fixed decimals, relative changes, p-values."""

from __future__ import annotations

from kgrec_core.figures import change_range, change_words, fixed, p_words, percent, signed

__all__ = ["change_range", "change_words", "fixed", "p_words", "percent", "signed"]
