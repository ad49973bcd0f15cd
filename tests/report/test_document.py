from __future__ import annotations

import dataclasses
import itertools
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from kgrec_core.config import CountedFeedback, TrainSettings
from kgrec_core.data.report import Problem
from kgrec_core.evaluation.protocol import EvaluationResult
from kgrec_core.pipeline.loaded_run import LoadedRun
from kgrec_core.pipeline.long_tail import LongTailCurve
from kgrec_core.report.choices import PARTS, NewcomerChoice, ReportChoices
from kgrec_core.report.document import report_html
from kgrec_core.report.findings import Findings
from kgrec_core.report.kept_quality import Estimate, Figure, Method, OrderTest, Quality
from kgrec_core.report.people import Person, chosen_people
from tests.report.findings_samples import (
    findings,
    models_benchmark,
    newcomers_benchmark,
    parts_benchmark,
    record,
    result,
    with_benchmarks,
)
from tests.report.hostile_shop import BREAKOUT, LONG, SCRIPT
from tests.ui.evaluation_samples import signal_result, trade_off

MOST_BYTES = 8_000_000
VOID = {"meta", "br", "hr", "col", "wbr"}


class Page(HTMLParser):
    """A document as a browser reads it, with what the tests ask about."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append((self.open[-1] if self.open else "", data))

    @property
    def words(self) -> str:
        shown = "".join(text if tag != "style" else "" for tag, text in self.texts)
        return " ".join(shown.split())

    def named(self, *names: str) -> list[dict[str, str]]:
        return [attributes for tag, attributes in self.tags if tag in names]


def quality() -> Quality:
    met = Figure("residual", "Residual", "Largest rest.", Estimate(2e-8, None, None, 40), False,
                 "at most 1e-05", "met", {})  # fmt: skip
    share = Estimate(0.25, 0.2, 0.3, 40)
    missed = Figure("pn", "Necessary (PN)", "Share.", share, True, "90%", "missed",
                    {LONG: share, "few choices": share})  # fmt: skip
    own, random = Estimate(0.1, 0.08, 0.12, 40), Estimate(0.3, 0.28, 0.32, 40)
    lead = Estimate(0.2, 0.18, 0.22, 40)
    order = OrderTest("deletion", "DEL@10", "lower", own, {"random": random}, lead, "met",
                      {LONG: lead, "few choices": lead})  # fmt: skip
    outside = Method("lightgcn", "LIME-style", own, random, own, random, 201.0)
    worth = ("ndcg@10", 0.3, 0.29, 0.01, 0.002, 0.02)
    return Quality(40, 200, 50, (met, missed), (order,), worth, (outside,))


def everything() -> Findings:
    found = findings(
        signal=signal_result(),
        long_tail=trade_off(),
        quality=quality(),
        problems=(Problem("a.csv", 7, "rating", "is no number", 3, "many"),),
    )
    return with_benchmarks(found, models_benchmark(), parts_benchmark(), newcomers_benchmark())


def page_of(found: Findings, people: list[Person] | None = None, **choices: Any) -> Page:
    return Page(report_html(found, people or [], ReportChoices(**choices)))


@pytest.fixture(scope="module")
def hostile_people(hostile_run: LoadedRun) -> list[Person]:
    said = NewcomerChoice(likes=("i00", "i02"))
    choices = ReportChoices(users=("u00", "u01"), newcomer=said, k=10, n_drawn=3)
    return chosen_people(hostile_run, choices)


@pytest.fixture(scope="module")
def hostile_page(hostile_people: list[Person]) -> Page:
    return page_of(everything(), hostile_people)


# safety


def test_names_of_the_data_are_text_and_never_markup(hostile_page: Page) -> None:
    assert {"script", "img", "iframe", "object", "link", "b"}.isdisjoint(
        tag for tag, _ in hostile_page.tags
    )
    assert SCRIPT in hostile_page.words
    assert BREAKOUT in hostile_page.words


def test_no_attribute_starts_a_script_or_reaches_outside(hostile_page: Page) -> None:
    for _, attributes in hostile_page.tags:
        assert not [name for name in attributes if name.startswith("on")]
        for name in ("src", "href", "xlink:href", "action", "data"):
            assert attributes.get(name, "#").startswith("#")


def test_nothing_is_fetched_from_anywhere(hostile_people: list[Person]) -> None:
    text = report_html(everything(), hostile_people, ReportChoices())
    style = re.search("<style>(.*?)</style>", text, re.DOTALL)
    assert style is not None
    assert "url(" not in style[1]
    assert "@import" not in style[1]
    assert not re.search(r"""(?:src|href)\s*=\s*["'](?:https?:)?//""", text)
    assert "default-src &#x27;none&#x27;" in text


def test_a_very_long_name_is_cut_in_drawings_and_whole_in_tables(hostile_page: Page) -> None:
    drawn = [text for tag, text in hostile_page.texts if tag == "text"]
    assert max(len(text) for text in drawn) < 60
    assert LONG.strip() in hostile_page.words


# form


def test_every_element_is_closed_in_order(hostile_page: Page) -> None:
    assert hostile_page.open == []


def test_headings_begin_at_one_and_skip_no_level(hostile_page: Page) -> None:
    levels = [int(tag[1]) for tag, _ in hostile_page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_links_lead_to_places_that_exist_once(hostile_page: Page) -> None:
    ids = [attributes["id"] for _, attributes in hostile_page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = {attributes["href"] for attributes in hostile_page.named("a")}
    assert {target.removeprefix("#") for target in targets} <= set(ids)
    assert len(targets) >= 6


def test_header_cells_say_what_they_head_and_tables_have_captions(hostile_page: Page) -> None:
    assert {cell.get("scope") for cell in hostile_page.named("th")} == {"col", "row"}
    assert len(hostile_page.named("caption")) == len(hostile_page.named("table"))


def test_every_drawing_has_a_title_and_a_description(hostile_page: Page) -> None:
    drawings = [svg for svg in hostile_page.named("svg") if svg.get("aria-hidden") != "true"]
    assert len(hostile_page.named("desc")) == len(drawings) > 8
    assert all(svg["role"] == "img" and svg["aria-label"] for svg in drawings)


def test_the_report_is_small_and_says_its_language(hostile_people: list[Person]) -> None:
    text = report_html(everything(), hostile_people, ReportChoices())
    assert len(text.encode()) < MOST_BYTES
    assert text.startswith('<!DOCTYPE html>\n<html lang="en">')


def test_the_same_results_and_choices_give_the_same_bytes(hostile_people: list[Person]) -> None:
    first = report_html(everything(), hostile_people, ReportChoices())
    assert first == report_html(everything(), hostile_people, ReportChoices())


# content


def test_measured_results_are_all_told() -> None:
    words = page_of(everything()).words
    for figure in ("0.400", "10 % worse", "0.300 (0.280–0.320)", "3 rows with 1 kind", "dd22"):
        assert figure in words
    assert "2 of 3 measured targets are met, on 40 users. Missed: Necessary (PN)." in words
    assert "Attention matters" in words


def test_what_was_not_measured_is_named_with_its_command() -> None:
    words = page_of(findings()).words
    assert words.count("Not measured:") >= 5
    assert "kgrec signal dd22" in words
    assert "kgrec explain-quality fusion-1" in words


def nothing_but_choices() -> Findings:
    """The most popular items, on data without links, texts, tags and times."""
    found = findings(
        record=dataclasses.replace(record(), model="popularity"),
        settings=TrainSettings(model="popularity"),
    )
    return dataclasses.replace(
        found,
        profile=dataclasses.replace(found.profile, share_with_text=0.0),
        graph=dataclasses.replace(
            found.graph, n_triples=0, n_linked_items=0, n_relations=0, relations=()
        ),
    )


def test_without_links_and_texts_nothing_is_said_about_what_they_bring() -> None:
    words = page_of(nothing_but_choices()).words
    assert "There is none: no item has a link to anything." in words
    assert "1 item that nobody has chosen in training: nothing speaks for them." in words
    assert "The data has no texts." in words
    assert "The data has no knowledge graph." in words
    for gone in ("kgrec signal", "--ablation", "only links and texts", "give the answers away"):
        assert gone not in words


def test_what_speaks_for_new_items_is_only_what_the_model_reads() -> None:
    whole = findings()
    assert "in training: only links and texts speak for them." in page_of(whole).words
    links = findings(settings=TrainSettings(text_model="none"))
    words = page_of(links).words
    assert "in training: only links speak for them." in words
    assert "This model does not read the texts of the data." in words


def test_a_test_in_the_order_of_time_is_named_only_where_there_are_times() -> None:
    found = findings()
    dated = dataclasses.replace(found.profile, first_time=0, last_time=86_400)
    assert "A test in the order of time is stricter." not in page_of(found).words
    words = page_of(dataclasses.replace(found, profile=dated)).words
    assert "A test in the order of time is stricter." in words
    assert "from 1 January 1970 to 2 January 1970" in words


def test_other_models_stand_beside_the_model_as_the_same_benchmark_measured_it() -> None:
    found = with_benchmarks(findings(evaluation=result(0.52)), models_benchmark())
    words = page_of(found).words
    assert "NDCG@20: means over 1 split of the benchmark" in words
    assert "Fusion0.5000.480 to 0.520––this model" in words
    own = findings(baselines={"ease": result(0.45)})
    assert "NDCG@20: all on the same 40 test users" in page_of(own).words


def test_links_kept_from_the_model_are_told() -> None:
    assert "3 links of 90 were kept from the model" in page_of(findings()).words
    assert "No link had to be kept" in page_of(findings(n_hidden_links=0)).words


def test_parts_can_be_left_out_and_that_is_said() -> None:
    page = page_of(everything(), parts=("accuracy",))
    ids = {attributes.get("id") for _, attributes in page.tags}
    assert {"summary", "accuracy", "check"} <= ids
    assert {"data", "people", "cold", "limits"}.isdisjoint(ids)
    assert f"Left out on request: {PARTS['data']}" in page.words


def test_the_commands_that_give_the_same_numbers_are_told() -> None:
    words = page_of(everything(), users=("a b",), k=7).words
    assert "kgrec import PATH --name Films" in words
    assert "kgrec train dd22 --model fusion --split random --seed 0 --text-model minilm" in words
    assert "kgrec report active --out report.html --user 'a b' -k 7" in words
    assert "the import must print" not in words
    assert "it must print the fingerprint dd22" in words


def test_benchmarks_are_measured_again_in_the_order_in_which_they_were_made() -> None:
    models, newcomers = models_benchmark(), newcomers_benchmark()
    newcomers.head["created"] = "2020-01-01T00:00:00+00:00"
    words = page_of(with_benchmarks(findings(), models, newcomers)).words
    assert words.index("--protocol few-shot") < words.index("--protocol accuracy")


def test_a_run_that_counts_remarks_of_people_says_that_a_new_workspace_has_none() -> None:
    said = CountedFeedback(likes=(("u1", "i1"),), dislikes=(("u1", "i2"),))
    words = page_of(findings(settings=TrainSettings(feedback=said))).words
    assert "This run also counts 2 remarks of people in the app" in words
    assert "remarks of people" not in page_of(findings()).words


def test_gate_attention_and_kernel_are_explained_with_a_part_that_multiplies(
    hostile_people: list[Person],
) -> None:
    page = page_of(everything(), hostile_people)
    for word in ("Gate", "Attention", "Kernel", "Leakage", "Hidden choice", "Seed"):
        assert word in [text for tag, text in page.texts if tag == "dt"]
    words = page.words
    number = r"(\d+\.\d+|\d+)"
    found = re.search(
        f"is gate {number} × attention {number} × kernel {number} = \\+{number}", words
    )
    assert found is not None
    gate, attention, kernel, value = map(float, found.groups())
    assert gate * attention * kernel == pytest.approx(value, rel=0.01)


def test_a_score_that_is_no_such_product_is_explained_without_them() -> None:
    page = page_of(findings())
    terms = [text for tag, text in page.texts if tag == "dt"]
    assert "Starting value" in terms
    assert {"Gate", "Attention", "Kernel"}.isdisjoint(terms)


def test_the_contents_name_the_shown_people(hostile_people: list[Person]) -> None:
    page = page_of(everything(), hostile_people)
    targets = [link["href"] for link in page.named("a")]
    assert [f"#person-{n}" for n in (1, 2, 3)] == [t for t in targets if "person" in t]


def test_every_drawing_can_be_scrolled_with_the_keyboard(hostile_page: Page) -> None:
    drawings = [part for part in hostile_page.named("div") if part.get("class") == "drawing"]
    assert len(drawings) == len(hostile_page.named("desc"))
    assert all(part["tabindex"] == "0" and part["aria-label"] for part in drawings)


def test_each_printed_page_names_the_run() -> None:
    text = report_html(everything(), [], ReportChoices())
    assert '@bottom-left{content:"kgrec report, run fusion-1"}' in text


def test_exactness_of_the_shown_pairs_is_told(hostile_people: list[Person]) -> None:
    words = page_of(everything(), hostile_people).words
    n = sum(len(person.items) for person in hostile_people)
    assert f"For all {n} shown pairs of user and item" in words
    assert "the promise of at most 1\u00a0×\u00a010⁻⁵ holds".replace("\u00a0", " ") in words


def test_a_run_without_a_test_part_has_a_report_too() -> None:
    words = page_of(findings(evaluation=None)).words
    assert "How good the lists are is not known" in words
    assert "accuracy; this run holds nothing out" in words


def test_a_curve_without_tail_users_is_drawn() -> None:
    whole = trade_off()
    points = tuple({**point, "tail_recall": None} for point in whole.to_json()["points"])
    curve = LongTailCurve.from_json({**whole.to_json(), "points": list(points)})
    assert "Holding popular items back" in report_html(
        findings(long_tail=curve), [], ReportChoices()
    )


def test_an_evaluation_of_one_user_has_a_report() -> None:
    whole = findings().evaluation
    assert whole is not None
    values = whole.to_json()
    values["per_user"] = {name: column[:1] for name, column in values["per_user"].items()}
    one = EvaluationResult.from_json({**values, "n_users": 1, "user_indices": [0]})
    assert "1 test users" not in page_of(findings(evaluation=one)).words
