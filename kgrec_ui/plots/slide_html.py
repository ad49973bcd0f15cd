"""A slide as HTML with its own style: no controls, sizes by the window, nothing from outside."""

from __future__ import annotations

from html import escape

from kgrec_core.palette import SHORT_NAMES
from kgrec_ui.theme import Palette, format_score, format_share, modality_color
from kgrec_ui.views.slide_view import Slide, SlideRow
from kgrec_ui.views.step_answer import GateRow

__all__ = ["SLIDE_CSS", "slide_html"]

MAX_GATES = 4
"""With more modalities there is room for one reason only."""
LEGEND = "Dashed: before this step. Full: now."
MOVE_WORDS = {
    "up": "up {n}",
    "down": "down {n}",
    "same": "unmoved",
    "new": "new in the list",
    "first": "",
}

# The frame of the app is put away; sizes follow the smaller of width and height, so that 1280x720
# and 1920x1080 show the same slide.
SLIDE_CSS = """
<style>
[data-testid="stHeader"], [data-testid="stSidebar"], [data-testid="stToolbar"],
[data-testid="stDecoration"], [data-testid="stStatusWidget"],
[data-testid="stSidebarCollapsedControl"], [data-testid="stExpandSidebarButton"]
  {display: none !important;}
[data-testid="stMainBlockContainer"] {max-width: none; padding: 0;}
[data-testid="stMain"] {overflow: hidden;}
.kg-slide {--u: min(1vw, 1.7778vh); height: 100vh; box-sizing: border-box; display: grid;
  grid-template-rows: auto auto minmax(0, 1fr) auto; grid-template-columns: minmax(0, 1fr);
  gap: calc(1.5 * var(--u));
  padding: calc(2.2 * var(--u)) calc(3.4 * var(--u)) calc(1.5 * var(--u));
  font-size: calc(1.42 * var(--u)); line-height: 1.3; max-width: calc(100 * var(--u));
  margin: 0 auto; overflow: hidden;}
.kg-slide p, .kg-slide ol, .kg-slide h1, .kg-slide h2 {margin: 0; padding: 0;}
.kg-top {display: flex; justify-content: space-between; gap: 2em; align-items: baseline;}
.kg-top span:first-child {overflow: hidden; text-overflow: ellipsis; white-space: nowrap;}
.kg-count {font-variant-numeric: tabular-nums; white-space: nowrap; font-weight: 600;}
.kg-slide h1.kg-said {font-size: calc(3.3 * var(--u)); line-height: 1.15; font-weight: 650;
  display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical; overflow: hidden;}
.kg-body {display: grid; grid-template-columns: minmax(0, 57fr) minmax(0, 43fr);
  gap: calc(3.6 * var(--u));
  min-height: 0;}
.kg-slide h2 {font-size: calc(1.25 * var(--u)); font-weight: 600;
  padding-bottom: calc(0.7 * var(--u)); overflow: hidden; text-overflow: ellipsis;
  white-space: nowrap;}
.kg-list {list-style: none; display: grid; grid-template-columns: minmax(0, 1fr);}
.kg-slide .kg-list li {display: grid; grid-template-columns: 1.7em 3.9em minmax(0, 1fr);
  align-items: baseline; padding: calc(0.3 * var(--u)) 0; border-top: 1px solid; margin: 0;
  font-size: calc(1.42 * var(--u));}
.kg-slide .kg-first li {grid-template-columns: 1.7em minmax(0, 1fr);}
.kg-first .kg-move {display: none;}
.kg-list .kg-name {font-size: calc(1.62 * var(--u)); font-weight: 600; display: block;
  overflow: hidden; text-overflow: ellipsis; white-space: nowrap;}
.kg-list .kg-why {display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap;
  font-size: calc(1.2 * var(--u));}
.kg-list li > span {min-width: 0; font-variant-numeric: tabular-nums;}
.kg-move {font-weight: 650; white-space: nowrap;}
.kg-side {display: flex; flex-direction: column; gap: calc(2.4 * var(--u)); min-height: 0;}
.kg-reason {font-size: calc(1.75 * var(--u)); line-height: 1.3; display: -webkit-box;
  -webkit-line-clamp: 3; -webkit-box-orient: vertical; overflow: hidden;}
.kg-reason + .kg-reason {font-size: calc(1.42 * var(--u)); padding-top: calc(0.7 * var(--u));}
.kg-gate {display: grid; grid-template-columns: 5.4em minmax(0, 1fr) 8em; gap: 0.8em;
  align-items: center; padding: calc(0.16 * var(--u)) 0;}
.kg-bars {position: relative; height: calc(1.9 * var(--u)); display: block;}
.kg-bars i {position: absolute; left: 0; box-sizing: border-box; border-radius: 3px;
  min-width: 2px;}
.kg-bars i.kg-before {top: 0; height: 100%; border: 2px dashed; background: transparent;}
.kg-bars i.kg-now {top: 22%; height: 56%;}
.kg-num {font-variant-numeric: tabular-nums; white-space: nowrap; line-height: 1.2;}
.kg-num span {font-size: calc(1.2 * var(--u));}
.kg-foot {display: flex; justify-content: space-between; gap: 2em;
  font-size: calc(1.1 * var(--u));}
</style>
"""


def slide_html(slide: Slide, palette: Palette) -> str:
    """The slide; every text of the data is escaped."""
    muted = f"color:{palette.muted}"
    rows = "".join(_row(row, palette) for row in slide.rows)
    return f"""
<div class="kg-slide" style="color:{palette.text}">
 <div class="kg-top" style="{muted}"><span>{escape(slide.title)}</span>
  <span class="kg-count">{slide.counter}</span></div>
 <h1 class="kg-said">{escape(slide.said)}</h1>
 <div class="kg-body">
  <section><h2 style="{muted}">The list. {escape(slide.change)}</h2>
   <ol class="{"kg-list" if slide.has_before else "kg-list kg-first"}">{rows}</ol></section>
  <div class="kg-side">
   <section>{_reasons(slide, palette)}</section>
   <section><h2 style="{muted}">Who speaks: share of the scores</h2>
    {"".join(_gate(row, palette, has_before=slide.has_before) for row in slide.gates)}</section>
  </div>
 </div>
 <div class="kg-foot" style="{muted}"><span>{LEGEND if slide.has_before else ""}</span>
  <span>← → move, Esc leaves</span></div>
</div>"""


def _row(row: SlideRow, palette: Palette) -> str:
    color = {"new": palette.accent, "up": palette.positive, "down": palette.negative}.get(
        row.move.kind, palette.muted
    )
    words = MOVE_WORDS[row.move.kind].format(n=row.move.n_places)
    label = f' role="img" aria-label="{words}"' if words else ""
    return (
        f'<li style="border-color:{palette.grid}">'
        f'<span style="color:{palette.muted}">{row.rank}</span>'
        f'<span class="kg-move" style="color:{color}"{label}>{escape(row.move.text)}</span>'
        f'<span><span class="kg-name">{escape(row.label)}</span>'
        f'<span class="kg-why" style="color:{palette.muted}">{escape(row.reason)}</span>'
        "</span></li>"
    )


def _reasons(slide: Slide, palette: Palette) -> str:
    if not slide.first:
        return "<h2>Nothing is left to recommend.</h2>"
    shown = slide.reasons if len(slide.gates) <= MAX_GATES else slide.reasons[:1]
    told = "".join(f'<p class="kg-reason">{escape(text)}</p>' for text in shown)
    return f'<h2 style="color:{palette.muted}">Why “{escape(slide.first)}” is first</h2>{told}'


def _gate(row: GateRow, palette: Palette, *, has_before: bool) -> str:
    color = modality_color(palette, row.modality)
    now, before = format_share(row.share_now), format_share(row.share_before)
    change = f"{before} → {now}" if has_before else now
    outline = (
        f'<i class="kg-before" style="width:{row.share_before:.1%};border-color:{color}"></i>'
        if row.share_before
        else ""
    )
    return (
        f'<div class="kg-gate"><span>{SHORT_NAMES[row.modality]}</span>'
        f'<span class="kg-bars" aria-hidden="true">{outline}'
        f'<i class="kg-now" style="width:{row.share_now:.1%};background:{color}"></i></span>'
        f'<span class="kg-num"><b>{change}</b><br>'
        f'<span style="color:{palette.muted}">{_gate_words(row, has_before=has_before)}'
        "</span></span></div>"
    )


def _gate_words(row: GateRow, *, has_before: bool) -> str:
    """The gate before and now, "" for popularity, which has none."""
    if row.gate_before is None and row.gate_now is None:
        return ""
    told = ["–" if gate is None else format_score(gate) for gate in (row.gate_before, row.gate_now)]
    return f"gate {' → '.join(dict.fromkeys(told if has_before else told[1:]))}"
