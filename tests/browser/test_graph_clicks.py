"""A click into the drawing of the graph reaches the page and its address."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.graph.links import links_of
from kgrec_core.graph.neighborhood import neighborhood
from kgrec_core.pipeline.building import ensure_graph
from kgrec_core.pipeline.importing import import_path
from kgrec_core.storage.workspace import Workspace
from scripts.browser_driver import wait_idle
from tests.browser.conftest import Visit
from tests.browser.graph_drawing import drawing, drawn, place
from tests.browser.small_sample import write_small_sample


@pytest.fixture(scope="module")
def graph(visit: Visit, tmp_path_factory: pytest.TempPathFactory) -> KnowledgeGraph:
    """The graph of the small sample, in the workspace of the running app."""
    archive = write_small_sample(tmp_path_factory.mktemp("sample")).archive
    workspace = Workspace(Path(visit.workspace), None)
    dataset = import_path(workspace, archive, name="Small films").dataset
    graph = ensure_graph(workspace, dataset.fingerprint)
    workspace.close()
    return graph


@pytest.mark.browser
@pytest.mark.timeout(300)
def test_a_click_selects_a_double_click_expands_and_old_entities_stay(
    visit: Visit, graph: KnowledgeGraph
) -> None:
    page, links = visit.page, links_of(graph)
    film = int(graph.degrees[: graph.n_items].argmax())
    around = neighborhood(links, film)
    others = [i for i in around.entity_indices[1:].tolist() if graph.entity_types[i] == "person"]
    person = max(others, key=lambda index: int(graph.degrees[index]))
    page.goto(f"{visit.address}/Knowledge_graph?entity={graph.entities.id_of(film)}")
    drawn(page, min(around.n_total, 60))
    wait_idle(page)

    page.mouse.click(*place(page, person))
    page.wait_for_url(re.compile("entity=person"))
    wait_idle(page)
    assert drawing(page)["selected"] == str(person)
    expect(page.get_by_text(graph.entity_labels[person], exact=True).first).to_be_visible()

    before = relative(page, film, person)
    page.mouse.dblclick(*place(page, person))
    page.wait_for_url(re.compile("open="))
    wait_idle(page)
    new = neighborhood(links, person).entity_indices
    fresh = [i for i in new.tolist() if i not in around.entity_indices]
    drawn(page, min(around.n_total, 60) + min(len(fresh), 25))
    page.wait_for_timeout(600)  # the view may move to show what is new
    after = relative(page, film, person)
    assert after[0] * before[1] == pytest.approx(after[1] * before[0], rel=1e-3)

    page.get_by_role("button", name="Back").click()
    drawn(page, min(around.n_total, 60))
    assert visit.outside_requests == []
    assert visit.console_errors == []


def relative(page: Page, first: int, second: int) -> tuple[float, float]:
    """The way from one entity to the other, in pixels."""
    (x1, y1), (x2, y2) = place(page, first), place(page, second)
    return x2 - x1, y2 - y1
