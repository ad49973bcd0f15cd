"""What an analyst does on a first day, in a real browser, from a ZIP of tables to numbers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from scripts.browser_driver import wait_idle
from tests.browser.conftest import Visit
from tests.browser.graph_drawing import drawing
from tests.browser.small_sample import SmallSample, write_small_sample

JOB_SECONDS = 400.0
NUMBER = r"[+\-−]?\d[\d,]*(?:\.\d+)?(?:e-?\d+)?"


@pytest.mark.browser
@pytest.mark.timeout(900)
def test_an_analyst_goes_from_files_to_explained_and_measured_recommendations(
    visit: Visit, tmp_path: Path
) -> None:
    sample, page = write_small_sample(tmp_path), visit.page
    begin_on_the_start_page(page)
    upload_and_check_the_guessed_mapping(page, sample)
    import_and_read_the_profile(page, sample)
    look_at_the_knowledge_graph(page, sample)
    train_the_suggested_model(page)
    listed = read_the_recommendations(page, sample)
    take_a_score_apart(page, listed[0])
    ask_why_for_another_item(page, listed[2])
    come_back_by_the_address(page, listed[2])
    be_a_newcomer(page, sample)
    bring_a_new_item(page)
    measure_the_run_and_simple_models(page)
    assert visit.outside_requests == []
    assert visit.console_errors == []


def begin_on_the_start_page(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text("score can be read")
    expect(page.get_by_role("heading", name="Begin here")).to_be_visible()
    expect(page.get_by_text("Waits for step 1").first).to_be_visible()
    click(page, page.get_by_role("button", name="Upload your own"))
    expect(page.get_by_role("heading", name="Bring data")).to_be_visible()


def upload_and_check_the_guessed_mapping(page: Page, sample: SmallSample) -> None:
    click(page, page.get_by_role("tab", name="Upload"))
    page.locator('[data-testid="stFileUploader"] input[type=file]').set_input_files(sample.archive)
    expect(page.get_by_role("heading", name="Check and import")).to_be_visible()
    wait_idle(page)
    expect(page.get_by_label("Name of the data set")).to_have_value("small_films")
    guessed = {
        "ratings.csv": "Interactions",
        "films.csv": "Items",
        "users.csv": "Users",
        "friends.csv": "Links between users",
        "tags.csv": "Tags that were given to items",
    }
    for file, role in guessed.items():
        expect(expander(page, file).locator("summary")).to_contain_text(role)
    ratings = expander(page, "ratings.csv")
    assert chosen(ratings, "User id") == "user_id"
    assert chosen(ratings, "Item id") == "film_id"
    assert chosen(ratings, "Rating or count (optional)") == "rating"
    assert chosen(ratings, "Time (optional)") == "timestamp"
    films = expander(page, "films.csv")
    click(page, films.locator("summary"))
    assert chosen(films, "Name to show (optional)") == "title"
    assert chosen(films, "Description to read (optional)") == "description"
    links = rows(films.get_by_test_id("stDataFrame").last)
    assert ["directors", "directed_by", "person", "|"] in [row[:4] for row in links]
    assert ["year", "from_decade", "decade"] in [row[:3] for row in links]


def import_and_read_the_profile(page: Page, sample: SmallSample) -> None:
    page.get_by_role("button", name="Import").click()
    finished(page, "The data set is imported and in use.")
    expect(page.get_by_role("heading", name="small_films")).to_be_visible()
    assert metric(page, "Users") == f"{sample.n_users:,}"
    assert metric(page, "Items") == f"{sample.n_items:,}"
    assert metric(page, "Interactions") == f"{sample.n_interactions:,}"
    click(page, page.get_by_role("tab", name="Problems in the files"))
    report = page.get_by_role("tabpanel").filter(visible=True)
    assert ["ratings.csv", "rating"] in [row[:2] for row in rows(report)]
    assert "five" in {cell for row in rows(report) for cell in row}


def look_at_the_knowledge_graph(page: Page, sample: SmallSample) -> None:
    go_to(page, "Knowledge graph")
    build = page.get_by_role("button", name="Build the graph")
    if build.is_visible():  # an import builds it; the button is for workspaces without one
        build.click()
        finished(page, "The knowledge graph is ready.")
    # Director, cast, genre, country, language, decade and tag.
    assert metric(page, "Relations") == "7"
    assert metric(page, "Items with links") == "100 %"
    search = page.get_by_label("Search by name", exact=True)
    search.fill("Hitchcok")
    search.press("Enter")
    wait_idle(page)
    films = sample.titles_by("Alfred Hitchcock")
    assert int(drawing(page)["nodes"]) == len(films) + 1
    click(page, page.get_by_role("tab", name="Links drawn"))
    links = rows(page.get_by_role("tabpanel").filter(visible=True))
    starts = [row.index("directed by") - 1 for row in links]  # after the box to choose a row
    assert {tuple(row[at : at + 4]) for row, at in zip(links, starts, strict=True)} == {
        (film["title"], "directed by", "Alfred Hitchcock", f"films.csv, line {n}, column directors")
        for n, film in enumerate(sample.films, start=2)
        if film["title"] in films
    }


def train_the_suggested_model(page: Page) -> None:
    go_to(page, "Train")
    page.get_by_role("button", name="Train", exact=True).click()
    finished(page, "The model is trained and in use.")
    expect(page.get_by_text("MODEL IN USE")).to_be_visible()


def read_the_recommendations(page: Page, sample: SmallSample) -> list[str]:
    """The ten titles of the most active user, best first."""
    go_to(page, "Recommend and explain")
    expect(page.get_by_role("heading", name="The first 10")).to_be_visible()
    table = rows(page.get_by_test_id("stDataFrame").filter(has_text="Main reason"))
    ranks, titles, scores = zip(*(row[:3] for row in table[:10]), strict=True)
    assert [int(rank) for rank in ranks] == list(range(1, 11))
    assert set(titles) <= sample.titles
    assert sorted((float(score) for score in scores), reverse=True) == [float(s) for s in scores]
    return list(titles)


def take_a_score_apart(page: Page, title: str) -> None:
    expect(page.get_by_role("heading", name=f"Why “{title}”?")).to_be_visible()
    parts_add_up(page)
    expect(page.get_by_text("Paths through the knowledge graph")).to_be_visible()
    assert n_drawn(page) > 3


def ask_why_for_another_item(page: Page, title: str) -> None:
    choose(page, "Item", title)
    expect(page.get_by_role("heading", name=f"Why “{title}”?")).to_be_visible()
    parts_add_up(page)


def come_back_by_the_address(page: Page, title: str) -> None:
    page.reload()
    page.get_by_test_id("stApp").wait_for()
    wait_idle(page)
    expect(page.get_by_role("heading", name=f"Why “{title}”?")).to_be_visible()


def be_a_newcomer(page: Page, sample: SmallSample) -> None:
    go_to(page, "Cold start")
    liked = sample.films[0]["title"]
    choose(page, "Item", liked)
    expect(page.get_by_role("heading", name="After step 1 of 1")).to_be_visible()
    click(page, page.get_by_text("Own words", exact=True))
    words = page.get_by_label("In own words", exact=True)
    words.fill("a quiet film about the sea and an old ship")
    words.press("Enter")
    wait_idle(page)
    expect(page.get_by_role("heading", name="After step 2 of 2")).to_be_visible()
    table = rows(page.get_by_test_id("stDataFrame").filter(has_text="Main reason"))
    titles = {cell for row in table for cell in row} & sample.titles
    assert len(titles) == 10
    assert liked not in titles
    parts_add_up(page)


def bring_a_new_item(page: Page) -> None:
    click(page, page.get_by_text("A new item", exact=True))
    page.get_by_label("Name", exact=True).fill("The Quiet Harbor")
    page.get_by_label("Name", exact=True).press("Tab")
    wait_idle(page)
    text = page.get_by_label("Text", exact=True)
    text.fill("An old captain teaches a boy to sail before the last ship leaves.")
    text.press("Control+Enter")
    wait_idle(page)
    expect(page.get_by_role("heading", name="Who would get it")).to_be_visible()
    expect(page.get_by_role("heading", name="Why “The Quiet Harbor”?")).to_be_visible()
    parts_add_up(page)


def measure_the_run_and_simple_models(page: Page) -> None:
    go_to(page, "Evaluate")
    assert 0 < float(metric(page, "NDCG@20")) < 1
    assert 0 < float(metric(page, "Recall@20")) < 1
    page.get_by_role("button", name="Measure baselines").click()
    finished(page, "The numbers are ready.")
    table = page.get_by_test_id("stDataFrame").first
    _, *models = table.locator("[role=columnheader]").all_text_contents()
    name, *cells = rows(table)[0]
    assert name == "NDCG@20"
    mean = {model: float(cell.split()[0]) for model, cell in zip(models, cells, strict=True)}
    assert mean["Fusion (this run)"] == float(metric(page, "NDCG@20"))
    assert mean["Fusion (this run)"] > mean["Most popular"] > 0


def click(page: Page, target: Locator) -> None:
    target.click()
    wait_idle(page)


def go_to(page: Page, title: str) -> None:
    click(page, page.get_by_test_id("stSidebar").get_by_role("link", name=title))


def finished(page: Page, outcome: str) -> None:
    """Wait for the job on the page; a failed one says why in its place."""
    ended = page.get_by_test_id("stAlert").filter(visible=True).first
    ended.wait_for(timeout=JOB_SECONDS * 1000)
    expect(ended).to_contain_text(outcome)
    wait_idle(page)


def expander(page: Page, title: str) -> Locator:
    return page.get_by_test_id("stExpander").filter(has_text=title)


def chosen(part: Locator, label: str) -> str:
    """What a select box shows."""
    box = part.get_by_test_id("stSelectbox").filter(has=part.page.get_by_text(label, exact=True))
    return box.get_by_role("combobox").input_value()


def choose(page: Page, label: str, text: str) -> None:
    """Type into a select box and take the first match."""
    boxes = page.get_by_test_id("stSelectbox").or_(page.get_by_test_id("stMultiSelect"))
    box = boxes.filter(has=page.get_by_text(label, exact=True)).get_by_role("combobox")
    box.click()
    box.fill(text)
    page.get_by_role("option").filter(has_text=text).first.click()
    wait_idle(page)


def metric(page: Page, label: str) -> str:
    box = page.get_by_test_id("stMetric").filter(has=page.get_by_text(label, exact=True)).first
    return box.get_by_test_id("stMetricValue").inner_text().strip()


def rows(part: Locator) -> list[list[str]]:
    """The visible cells of a table, from the grid that screen readers get."""
    return part.first.locator("[role=row]").evaluate_all(
        "rows => rows.map(r => [...r.querySelectorAll('[role=gridcell]')]"
        ".map(c => c.textContent)).filter(r => r.length)"
    )


def parts_add_up(page: Page) -> None:
    """The sentence over the bars states a sum; the figures that one reads must agree."""
    sentence = page.get_by_text(re.compile("the reasons are the whole score")).first.inner_text()
    found = re.search(
        rf"Bias ({NUMBER}) \+ \d+ contributions? ({NUMBER}) = score ({NUMBER})", sentence
    )
    assert found, sentence
    bias, parts, score = (float(text.replace(",", "").replace("−", "-")) for text in found.groups())
    assert bias + parts == pytest.approx(score, abs=0.002)


def n_drawn(page: Page) -> int:
    """Nodes of the network drawing on the page."""
    for frame in page.frames:
        if frame.parent_frame is not None:
            frame.wait_for_function("typeof network !== 'undefined'")
            return int(frame.evaluate("Object.keys(network.body.nodes).length"))
    raise AssertionError("There is no drawing on the page.")
