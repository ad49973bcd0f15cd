"""A saved scenario in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kgrec_core.errors import KgrecError
from kgrec_core.pipeline.newcomer_steps import Step
from kgrec_ui.views.step_history import step_words
from kgrec_ui.views.words import counted

if TYPE_CHECKING:
    from kgrec_core.pipeline.loaded_run import LoadedRun
    from kgrec_core.storage.scenarios import ScenarioRecord

__all__ = ["scenario_line", "steps_line"]


def scenario_line(record: ScenarioRecord, run_id: str, when: str) -> str:
    """How many steps, when it was saved, and with which run where that is another one."""
    steps = record.content.get("steps", [])
    parts = [counted(len(steps), "step"), f"saved {when}"]
    if record.run_id != run_id:
        parts.append(f"with run {record.run_id}")
    return ", ".join(parts)


def steps_line(run: LoadedRun, steps: Sequence[Step]) -> str:
    """All steps on one line; one that this run does not know is shown as it was saved."""
    return " → ".join(_words(run, step) for step in steps) or "No steps"


def _words(run: LoadedRun, step: Step) -> str:
    try:
        return step_words(run, step)
    except KgrecError:
        return f"{step.kind} {step.value}"
