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
from tests.browser.graph_drawing import answered, drawing, drawn, focus_by_tab, looked_at, place
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


@pytest.fixture(scope="module")
def film(graph: KnowledgeGraph) -> int:
    """The film with most links."""
    return int(graph.degrees[: graph.n_items].argmax())


@pytest.fixture
def opened(visit: Visit, graph: KnowledgeGraph, film: int) -> Page:
    """The page with the neighborhood of the film, drawn."""
    page = visit.page
    page.goto(f"{visit.address}/Knowledge_graph?entity={graph.entities.id_of(film)}")
    drawn(page, min(neighborhood(links_of(graph), film).n_total, 60))
    wait_idle(page)
    return page


def best_linked_person(graph: KnowledgeGraph, film: int) -> int:
    around = neighborhood(links_of(graph), film, max_entities=60).entity_indices[1:].tolist()
    people = [index for index in around if graph.entity_types[index] == "person"]
    return max(people, key=lambda index: int(graph.degrees[index]))


@pytest.mark.browser
@pytest.mark.timeout(300)
def test_a_click_selects_a_double_click_expands_and_zoom_and_place_stay(
    visit: Visit, opened: Page, graph: KnowledgeGraph, film: int
) -> None:
    page, links, person = opened, links_of(graph), best_linked_person(graph, film)
    around = neighborhood(links, film, max_entities=60)

    page.mouse.click(*place(page, person))
    page.wait_for_url(re.compile("entity=person"))
    answered(page, person)
    assert drawing(page)["selected"] == str(person)
    expect(page.get_by_text(graph.entity_labels[person], exact=True).first).to_be_visible()

    page.mouse.move(*place(page, person))
    page.mouse.wheel(0, -600)  # the entity stays below the mouse, most others leave the view
    page.wait_for_timeout(600)
    before, apart = looked_at(page), relative(page, film, person)
    page.mouse.dblclick(*place(page, person))
    page.wait_for_url(re.compile("open="))
    fresh = set(neighborhood(links, person).entity_indices.tolist()) - set(
        around.entity_indices.tolist()
    )
    drawn(page, around.entity_indices.size + min(len(fresh), 25))
    wait_idle(page)
    page.wait_for_timeout(600)  # nothing may move now
    assert looked_at(page) == pytest.approx(before)
    assert relative(page, film, person) == pytest.approx(apart)

    page.get_by_role("button", name="Show the whole drawing").click()
    page.wait_for_timeout(900)
    assert looked_at(page)[0] < before[0]
    page.get_by_role("button", name="Back").click()
    drawn(page, around.entity_indices.size)
    assert visit.outside_requests == []
    assert visit.console_errors == []


@pytest.mark.browser
@pytest.mark.timeout(300)
def test_a_search_goes_from_one_neighborhood_to_another_that_shares_nothing_with_it(
    opened: Page, graph: KnowledgeGraph, film: int
) -> None:
    page, links = opened, links_of(graph)
    around = set(neighborhood(links, film).entity_indices.tolist())
    others = (index for index in range(graph.n_entities) if index not in around)
    other = max(others, key=lambda index: int(graph.degrees[index]))
    search = page.get_by_label("Search by name", exact=True)
    search.fill(graph.entity_labels[other])
    search.press("Enter")
    answered(page, other)
    wait_idle(page)
    drawn(page, min(neighborhood(links, other).n_total, 60))
    expect(page.get_by_text("BidiComponent Error")).to_have_count(0)


@pytest.mark.browser
@pytest.mark.timeout(300)
def test_the_drawing_works_by_keyboard_alone(
    visit: Visit, opened: Page, graph: KnowledgeGraph, film: int
) -> None:
    page, links = opened, links_of(graph)
    shown = neighborhood(links, film, max_entities=60).entity_indices.tolist()
    focus_by_tab(page)

    x, _ = place(page, film)
    page.keyboard.press("ArrowRight")
    chosen = int(drawing(page)["selected"])
    assert chosen in shown
    assert chosen != film
    assert place(page, chosen)[0] > x
    answered(page, chosen)
    assert page.url.count(graph.entities.id_of(chosen).split(":")[0])

    page.keyboard.press("ArrowLeft")
    page.keyboard.press("n")
    after = int(drawing(page)["selected"])
    answered(page, after)

    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"open=.*e{after}"))
    wait_idle(page)
    before = looked_at(page)
    page.keyboard.press("+")
    assert looked_at(page)[0] > before[0]
    page.keyboard.press("Shift+ArrowDown")
    assert looked_at(page)[2] > before[2]
    page.keyboard.press("f")
    assert looked_at(page)[0] < 1.2 * before[0]
    assert visit.console_errors == []


def relative(page: Page, first: int, second: int) -> tuple[float, float]:
    """The way from one entity to the other, in pixels."""
    (x1, y1), (x2, y2) = place(page, first), place(page, second)
    return x2 - x1, y2 - y1
