"""The newcomer of the cold-start lab in the page address: as a code, or as a saved scenario."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from urllib.parse import urlencode

import streamlit as st

from kgrec_core.errors import ConfigError, DataError, KgrecError
from kgrec_core.pipeline.newcomer_steps import (
    Step,
    decode_steps,
    encode_steps,
    steps_from_json,
    steps_to_json,
    unknown_steps,
)
from kgrec_core.storage import scenarios
from kgrec_core.storage.records import RunRecord
from kgrec_core.storage.scenarios import ScenarioRecord
from kgrec_ui import caching
from kgrec_ui.guards import reported_errors
from kgrec_ui.state import Param, get_state
from kgrec_ui.views.step_history import OpenScenario, StepHistory
from kgrec_ui.views.words import as_markdown, counted

__all__ = [
    "address_of",
    "change_history",
    "history_of",
    "open_record",
    "open_scenario_of",
    "scenario_content",
    "scenario_steps",
    "take_up_scenario",
]

STEPS_KEY, LENGTH_KEY = "steps", "k"


def take_up_scenario() -> None:
    """Let a link that names only a scenario choose its run, or its data; before anything is drawn.

    A link that names a run or data itself keeps them. What is wrong with the scenario is said
    later, on the page.
    """
    asked = st.query_params.get(Param.SCENARIO)
    if not asked or Param.RUN in st.query_params or Param.DATA in st.query_params:
        return
    with contextlib.suppress(KgrecError):
        workspace = caching.workspace()
        record = scenarios.get_scenario(workspace, asked)
        runs = {run.run_id for run in workspace.runs(record.dataset_fingerprint)}
        if record.run_id in runs:
            st.query_params[Param.RUN] = record.run_id
        else:
            st.query_params[Param.DATA] = record.dataset_fingerprint


def history_of(run: RunRecord) -> StepHistory:
    """What the newcomer has said: by the address if it tells, else by the session.

    Says in words what of the address cannot be used, and writes the address anew.
    """
    state, data = get_state(), run.dataset_fingerprint
    history = state.histories.get(data, StepHistory())
    code, scenario = st.query_params.get(Param.NEWCOMER), st.query_params.get(Param.SCENARIO)
    with reported_errors():
        if code is not None:
            if code != _code(history.steps):
                history = history.replaced(decode_steps(code))
        elif scenario is not None and not _is_open(run, scenario, history):
            history = history.replaced(_opened(run, scenario).steps)
    history = _known(run, history)
    state.histories[data] = history
    _write(data, history)
    return history


def change_history(data: str, history: StepHistory) -> None:
    """Keep a changed history, and let page and address show its end; made for callbacks."""
    get_state().histories[data] = history
    st.query_params.pop(Param.STEP, None)
    _write(data, history)


def open_scenario_of(run: RunRecord, history: StepHistory) -> OpenScenario | None:
    """The saved scenario that `history` is, None when it was changed or never saved."""
    opened = get_state().scenarios.get(run.dataset_fingerprint)
    return opened if opened is not None and opened.steps == history.steps else None


def open_record(record: ScenarioRecord) -> None:
    """Make a saved scenario the newcomer; made for callbacks.

    Raises:
        DataError: what is saved cannot be read.
    """
    data, steps = record.dataset_fingerprint, scenario_steps(record)
    state = get_state()
    state.scenarios[data] = OpenScenario(record.scenario_id, record.name, steps)
    change_history(data, state.histories.get(data, StepHistory()).replaced(steps))


def scenario_steps(record: ScenarioRecord) -> tuple[Step, ...]:
    """The steps of a saved scenario.

    Raises:
        DataError: what is saved cannot be read.
    """
    try:
        return steps_from_json(record.content.get(STEPS_KEY))
    except KgrecError:
        raise DataError(
            f"The scenario “{record.name}” cannot be read; it was saved by another version or "
            "changed. Delete it and save it anew."
        ) from None


def scenario_content(steps: Sequence[Step], k: int) -> dict[str, object]:
    """What is saved of a newcomer: the steps, and the length of the list."""
    return {STEPS_KEY: steps_to_json(steps), LENGTH_KEY: k}


def address_of(params: dict[str, str]) -> str:
    """A full address of this page with `params`, as somebody else can open it."""
    base = (st.context.url or "").split("?")[0]
    return f"{base}?{urlencode(params)}"


def _opened(run: RunRecord, scenario_id: str) -> OpenScenario:
    record = scenarios.get_scenario(caching.workspace(), scenario_id)
    if record.dataset_fingerprint != run.dataset_fingerprint:
        raise ConfigError(
            f"The scenario “{record.name}” belongs to other data than the run in use. Open it "
            "without a run in the address."
        )
    opened = OpenScenario(record.scenario_id, record.name, scenario_steps(record))
    get_state().scenarios[run.dataset_fingerprint] = opened
    length = record.content.get(LENGTH_KEY)
    if Param.K not in st.query_params and isinstance(length, int):
        st.query_params[Param.K] = str(length)
    return opened


def _is_open(run: RunRecord, scenario_id: str, history: StepHistory) -> bool:
    opened = open_scenario_of(run, history)
    return opened is not None and opened.scenario_id == scenario_id


def _known(run: RunRecord, history: StepHistory) -> StepHistory:
    """Without the steps that this data or run cannot take; they are named."""
    unknown = unknown_steps(caching.loaded_run(run.run_id), history.steps)
    if not unknown:
        return history
    reasons = "  \n".join(f"- {as_markdown(reason)}" for _, reason in dict(unknown).items())
    st.warning(
        f"{counted(len(unknown), 'step')} left out, because this run cannot take "
        f"{'it' if len(unknown) == 1 else 'them'}:\n{reasons}",
        icon=":material/link_off:",
    )
    gone = {step for step, _ in unknown}
    return history.replaced([step for step in history.steps if step not in gone])


def _write(data: str, history: StepHistory) -> None:
    opened = get_state().scenarios.get(data)
    is_saved = opened is not None and opened.steps == history.steps
    code = "" if is_saved else _code(history.steps)
    for name, value in (
        (Param.SCENARIO, opened.scenario_id if opened is not None and is_saved else ""),
        (Param.NEWCOMER, code),
    ):
        if value:
            st.query_params[name] = value
        else:
            st.query_params.pop(name, None)


def _code(steps: Sequence[Step]) -> str:
    """The code of the address, "" when there is too much to say; the page then offers saving."""
    try:
        return encode_steps(steps)
    except ConfigError:
        return ""
