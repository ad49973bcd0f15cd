"""Present mode: a newcomer's steps as slides, moved by arrow keys or a clicker."""

from __future__ import annotations

import streamlit as st

from kgrec_core.pipeline.newcomer_steps import MAX_STEPS, Step
from kgrec_core.storage.records import RunRecord
from kgrec_ui import caching, caching_lab
from kgrec_ui.active import find_active
from kgrec_ui.components import MAX_CUTOFF, current_palette
from kgrec_ui.guards import reported_errors, stop_with_empty_state
from kgrec_ui.parts.lab_address import history_of, open_scenario_of
from kgrec_ui.plots.slide_html import SLIDE_CSS, slide_html
from kgrec_ui.state import Param, Widget, get_state
from kgrec_ui.theme import CSS
from kgrec_ui.views.slide_view import slide_number, slide_of
from kgrec_ui.views.step_answer import StepAnswer

__all__ = ["is_presenting", "present"]

UNNAMED = "A newcomer, step by step"
DEFAULT_LENGTH = 10
"""Of the list, where the address does not tell; as on the page."""
LEAVE = 0
"""What the keys send for Escape; every other number is a slide."""

# A text of the component that begins without a line break could be taken for a file name.
KEYS_HTML = """
<div class="live" role="status" aria-live="polite"></div>
"""
KEYS_CSS = """
.live {position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap;}
"""
# One listener at a time: a rerun calls the function again on the same element, so the listener of
# the call before is taken off first; the returned function takes off the last one.
KEYS_JS = """
const listeners = new WeakMap();
export default function ({ data, parentElement, setTriggerValue }) {
  listeners.get(parentElement)?.abort();
  const control = new AbortController();
  listeners.set(parentElement, control);
  const live = parentElement.querySelector('.live');
  if (live && live.textContent !== data.spoken) live.textContent = data.spoken;
  let number = data.number;
  const forward = ['ArrowRight', 'ArrowDown', 'PageDown', ' ', 'Enter'];
  const back = ['ArrowLeft', 'ArrowUp', 'PageUp', 'Backspace'];
  window.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    let wanted = null;
    if (event.key === 'Escape') wanted = data.leave;
    else if (forward.includes(event.key)) wanted = Math.min(number + 1, data.total);
    else if (back.includes(event.key)) wanted = Math.max(number - 1, 1);
    else if (event.key === 'Home') wanted = 1;
    else if (event.key === 'End') wanted = data.total;
    if (wanted === null) return;
    event.preventDefault();
    event.stopPropagation();
    if (wanted === number) return;
    number = wanted;
    setTriggerValue('slide', wanted);
  }, { capture: true, signal: control.signal });
  return () => control.abort();
}
"""
_keys = st.components.v2.component("kgrec_present_keys", html=KEYS_HTML, css=KEYS_CSS, js=KEYS_JS)


def is_presenting() -> bool:
    """True when the address asks for slides."""
    return Param.PRESENT in st.query_params


def present() -> None:
    """The whole page in present mode; every slide stands in the address."""
    # The style of the slides hides the sidebar; a closed one would stay closed after leaving.
    st.set_page_config(page_title="Present · kgrec", layout="wide")
    get_state()
    with reported_errors(stop=True):
        run = find_active().run
    if run is None:
        _leave()
        st.rerun()
    with reported_errors(stop=True):
        history = history_of(run)
        opened = open_scenario_of(run, history)
    if not history.steps:
        _nothing()
    number = slide_number(st.query_params.get(Param.PRESENT), len(history.steps))
    with reported_errors(stop=True):
        slide = slide_of(
            caching.loaded_run(run.run_id),
            history.steps,
            number,
            _answer(run, history.steps[: number - 2]) if number > 1 else None,
            _answer(run, history.steps[: number - 1]),
            title=opened.name if opened is not None else UNNAMED,
        )
    st.html(CSS + SLIDE_CSS)
    # Before the slide, so that keys are heard as soon as it can be seen.
    _keys(
        key=Widget.PRESENT_KEYS,
        data={
            "number": number,
            "total": slide.total,
            "leave": LEAVE,
            "spoken": slide.spoken,
        },
        on_slide_change=_move,
        height=1,
    )
    st.html(slide_html(slide, current_palette()))
    # The next list is made while this one is looked at.
    with reported_errors():
        _answer(run, history.steps[:number])


def _answer(run: RunRecord, steps: tuple[Step, ...]) -> StepAnswer:
    asked = st.query_params.get(Param.K, "")
    is_number = asked.isascii() and asked.isdecimal() and len(asked) <= len(str(MAX_CUTOFF))
    is_fit = is_number and 1 <= int(asked) <= MAX_CUTOFF
    return caching_lab.step_answer(run.run_id, steps, int(asked) if is_fit else DEFAULT_LENGTH)


def _move() -> None:
    wanted = st.session_state[Widget.PRESENT_KEYS].slide
    if wanted == LEAVE:
        _leave()
    elif isinstance(wanted, int):
        st.query_params[Param.PRESENT] = str(wanted)


def _leave() -> None:
    """Back to the page, at the step that was on the screen."""
    asked = st.query_params.pop(Param.PRESENT, None)
    st.query_params[Param.STEP] = str(slide_number(asked, MAX_STEPS) - 1)


def _nothing() -> None:
    st.query_params.pop(Param.PRESENT, None)
    stop_with_empty_state(
        "Nothing to present",
        "The address names no newcomer whose steps could be shown.",
        icon=":material/slideshow:",
        page="pages/5_Cold_start.py",
        link="Go to Cold start",
    )
