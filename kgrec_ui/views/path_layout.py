"""Where the boxes of a path drawing stand; the layout lies in the core."""

from __future__ import annotations

from kgrec_core.explanation.path_layout import Lines, column_heights

__all__ = ["Lines", "column_heights"]
