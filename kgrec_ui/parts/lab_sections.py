"""The sections of the Cold start page; only the open one is computed, and a link can name it."""

from __future__ import annotations

from kgrec_core.storage.records import RunRecord
from kgrec_ui.parts.many_items import many_items
from kgrec_ui.parts.new_item import new_item
from kgrec_ui.parts.newcomer import newcomer
from kgrec_ui.parts.scenario_list import scenario_list
from kgrec_ui.parts.shorter_history import shorter_history

__all__ = ["show_section"]


def show_section(section: str, run: RunRecord) -> None:
    """Draw the open section."""
    shown = {
        "newcomer": newcomer,
        "history": shorter_history,
        "item": new_item,
        "items": many_items,
        "scenarios": scenario_list,
    }
    shown[section](run)
