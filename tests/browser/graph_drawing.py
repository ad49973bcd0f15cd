"""What the drawing on the graph page shows, and where; it lives in a shadow root."""

from __future__ import annotations

from playwright.sync_api import Page

FIND = """[...document.querySelectorAll('*')]
  .map(e => e.shadowRoot && e.shadowRoot.querySelector('.graph')).find(Boolean)"""


def drawing(page: Page) -> dict[str, str]:
    """Number of entities ("nodes") and the selected one ("selected")."""
    page.wait_for_function(f"() => {{ const g = {FIND}; return g && g.dataset.nodes; }}")
    return dict(page.evaluate(f"() => ({{ ...{FIND}.dataset }})"))


def drawn(page: Page, n_entities: int) -> None:
    """Wait until so many entities are drawn."""
    page.wait_for_function(
        f"(n) => {{ const g = {FIND}; return g && Number(g.dataset.nodes) === n; }}",
        arg=n_entities,
    )


def place(page: Page, entity_index: int) -> tuple[float, float]:
    """Where an entity stands in the window."""
    x, y = page.evaluate(
        f"""(i) => {{ const g = {FIND}; const box = g.querySelector('.canvas')
          .getBoundingClientRect(); const at = g.placeOf(i);
          return [box.left + at.x, box.top + at.y]; }}""",
        entity_index,
    )
    return float(x), float(y)
