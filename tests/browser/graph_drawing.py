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


def looked_at(page: Page) -> tuple[float, float, float]:
    """Scale and middle of what is seen of the drawing."""
    found = page.evaluate(f"() => {FIND}.lookedAt()")
    return float(found["scale"]), float(found["x"]), float(found["y"])


def answered(page: Page, entity_index: int) -> None:
    """Wait until the page has answered with this entity as the selected one."""
    page.wait_for_function(
        f"(i) => {{ const g = {FIND}; return g && g.dataset.answered === String(i); }}",
        arg=entity_index,
    )


def focus_by_tab(page: Page, most: int = 120) -> None:
    """Move on with the Tab key until the drawing has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(f"() => {FIND}.getRootNode().activeElement?.className === 'canvas'"):
            return
    raise AssertionError("The keyboard does not reach the drawing.")
