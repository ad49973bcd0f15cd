"""How long the graph page takes on a large synthetic graph, measured in a real browser.

    python benchmarks/graph_view.py --entities 2000

A graph of items with links to people, genres and tags (a few hubs, a long tail) is imported into a
workspace of its own. Then, in headless Chromium: from the address to a drawing with so many
entities, and from a click on an entity to its name on the card, several times; with how much the
server sends for it. Search, neighborhood and paths
between hubs are timed without a browser. Prints JSON; times in seconds, on the machine as it is.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page, sync_playwright

from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.graph.links import links_of
from kgrec_core.graph.neighborhood import neighborhood
from kgrec_core.graph.paths import find_paths
from kgrec_core.graph.search import EntitySearch
from kgrec_core.pipeline.building import ensure_graph
from kgrec_core.pipeline.importing import import_path
from kgrec_core.storage.workspace import Workspace
from scripts.browser_driver import launch_chromium, running_app, wait_idle

N_ITEMS, N_PEOPLE, N_TAGS, N_GENRES = 4000, 6000, 2000, 18
N_CLICKS = 7
PATIENCE_MS = 60_000
# Finds the drawing inside of the component's shadow root.
GRAPH = """[...document.querySelectorAll('*')]
  .map(e => e.shadowRoot && e.shadowRoot.querySelector('.graph')).find(Boolean)"""


def main() -> None:
    """Make the graph, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--entities", type=int, default=2000, help="entities in the drawing")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        workspace = Workspace(root / "ws", None)
        dataset = import_path(workspace, write_tables(root / "tables"), name="Synthetic").dataset
        graph = ensure_graph(workspace, dataset.fingerprint)
        workspace.close()
        found: dict[str, Any] = {
            "graph": {"entities": graph.n_entities, "triples": graph.n_triples},
            "without a browser": core_times(graph),
            "in the browser": browser_times(root, graph, asked.entities),
        }
    print(json.dumps(found, indent=2))


def write_tables(folder: Path) -> Path:
    """Items with links whose popularity falls like 1 / rank, and a few ratings."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(11)
    people, tags = zipf(N_PEOPLE), zipf(N_TAGS)
    lines = ["item_id,title,genres,cast,tags"]
    for item in range(N_ITEMS):
        genres = "|".join(f"Genre {g}" for g in rng.choice(N_GENRES, 2, replace=False))
        cast = "|".join(f"Person {p}" for p in rng.choice(N_PEOPLE, 4, replace=False, p=people))
        words = "|".join(f"tag {t}" for t in rng.choice(N_TAGS, 4, replace=False, p=tags))
        lines.append(f"i{item},Title {item},{genres},{cast},{words}")
    (folder / "items.csv").write_text("\n".join(lines) + "\n", "utf-8")
    rows = ["user_id,item_id,rating"]
    rows += [f"u{u},i{i},4" for u in range(50) for i in rng.choice(N_ITEMS, 20, replace=False)]
    (folder / "ratings.csv").write_text("\n".join(rows) + "\n", "utf-8")
    return folder


def zipf(n: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Shares that fall like 1 / rank."""
    weights = 1.0 / np.arange(1, n + 1)
    return np.asarray(weights / weights.sum())


def core_times(graph: KnowledgeGraph) -> dict[str, float]:
    """Search, links, neighborhood and paths between the two largest hubs."""
    hub, other = np.argsort(-graph.degrees)[:2].tolist()
    links = links_of(graph)
    search = EntitySearch(graph)
    return {
        "links by entity": timed(lambda: links_of(graph)),
        "search with a typo": timed(lambda: search.find("persno 123")),
        "neighborhood, 2 steps, 2000": timed(
            lambda: neighborhood(links, hub, n_hops=2, max_entities=2000)
        ),
        "20 shortest paths between hubs, 4 steps": timed(
            lambda: find_paths(links, hub, other, max_hops=4, max_paths=20)
        ),
        "100 strongest paths between hubs, 4 steps": timed(
            lambda: find_paths(links, hub, other, max_hops=4, max_paths=100, shortest_first=False)
        ),
    }


def timed(work: Callable[[], object]) -> float:
    """Median of five runs."""
    seconds = []
    for _ in range(5):
        begin = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begin)
    return round(statistics.median(seconds), 4)


def browser_times(root: Path, graph: KnowledgeGraph, n_entities: int) -> dict[str, Any]:
    """From the address to the drawing, and from a click to its answer."""
    hub = int(np.argmax(graph.degrees))
    with running_app(root / "ws", root / "server.log") as address, sync_playwright() as playwright:
        browser = launch_chromium(playwright)
        page = browser.new_context(viewport={"width": 1280, "height": 1400}).new_page()
        page.set_default_timeout(PATIENCE_MS)
        entity = f"{address}/Knowledge_graph?entity={graph.entities.id_of(hub)}"
        page.goto(entity)  # the server reads the graph, once for everybody
        drawn(page, 2)
        wait_idle(page)
        begin = time.perf_counter()
        page.goto(f"{entity}&graph_hops=2&graph_cap={n_entities}")
        drawn(page, n_entities)
        first = time.perf_counter() - begin
        wait_idle(page)
        begin = time.perf_counter()
        page.reload()
        drawn(page, n_entities)
        loaded = time.perf_counter() - begin
        wait_idle(page)
        received: list[int] = []
        # Frames of the page that is loaded next; the one above keeps its socket to itself.
        page.on(
            "websocket",
            lambda socket: socket.on("framereceived", lambda data: received.append(len(data))),
        )
        page.reload()
        drawn(page, n_entities)
        wait_idle(page)
        clicks, sizes = [], []
        for place in range(N_CLICKS):
            received.clear()
            clicks.append(one_click(page, graph, place))
            sizes.append(sum(received))
        shown = page.evaluate(f"() => Number({GRAPH}.dataset.nodes)")
        browser.close()
    return {
        "entities drawn": shown,
        "address to drawing, first time": round(first, 2),
        "reload to drawing": round(loaded, 2),
        "click to answer, median": round(statistics.median(clicks), 3),
        "click to answer, all": [round(seconds, 3) for seconds in clicks],
        "sent per click, kB, median": round(statistics.median(sizes) / 1000, 1),
    }


def drawn(page: Page, at_least: int) -> None:
    """Wait until so many entities are drawn."""
    page.wait_for_function(
        f"(n) => {{ const g = {GRAPH}; return g && Number(g.dataset.nodes) >= n; }}", arg=at_least
    )


def one_click(page: Page, graph: KnowledgeGraph, place: int) -> float:
    """Click an entity that lies inside of the drawing; until its id stands on its card."""
    node, x, y = page.evaluate(
        f"""(k) => {{ const g = {GRAPH}; const box = g.querySelector('.canvas')
          .getBoundingClientRect(); const ids = g.idsInside();
          const id = ids[(k * 97 + 31) % ids.length]; const at = g.placeOf(id);
          return [id, box.left + at.x, box.top + at.y]; }}""",
        place,
    )
    before = page.evaluate(f"() => {GRAPH}.dataset.selected")
    begin = time.perf_counter()
    page.mouse.click(x, y)
    page.wait_for_function(f"(old) => {GRAPH}.dataset.selected !== old", arg=before)
    picked = int(page.evaluate(f"() => Number({GRAPH}.dataset.selected)"))
    page.get_by_text(f"Id: {graph.entities.id_of(picked)}", exact=True).wait_for()
    seconds = time.perf_counter() - begin
    wait_idle(page)
    return seconds if picked >= 0 and node >= 0 else float("nan")


if __name__ == "__main__":
    main()
