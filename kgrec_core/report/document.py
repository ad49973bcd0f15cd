"""The parts put together: one HTML file that needs nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kgrec_core.figures import day_words
from kgrec_core.report.choices import PARTS, Part, ReportChoices
from kgrec_core.report.findings import Findings
from kgrec_core.report.markup import Markup, joined_markup, tag
from kgrec_core.report.part_accuracy import part_accuracy
from kgrec_core.report.part_beyond import part_beyond
from kgrec_core.report.part_check import part_check
from kgrec_core.report.part_data import part_data
from kgrec_core.report.part_limits import part_limits
from kgrec_core.report.part_people import part_people
from kgrec_core.report.part_words import WORDS_TITLE, part_words
from kgrec_core.report.people import Person
from kgrec_core.report.style import STYLE
from kgrec_core.report.summary import Statement, summary_of
from kgrec_core.words import metric_name, model_name

__all__ = ["report_html"]

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""Nothing may be loaded and no script may run, whatever stands in the data."""
ANCHORS: dict[Part, str] = {
    "data": "data",
    "accuracy": "accuracy",
    "people": "people",
    "beyond": "cold",
    "limits": "limits",
}
PART_OF_ANCHOR: dict[str, Part] = {
    **{anchor: part for part, anchor in ANCHORS.items()},
    "graph": "data",
    "parts": "accuracy",
}
CHECK_TITLE = "How to check this report"
PURPOSE = (
    "What a recommender learned from this data: how good its lists are, why it suggests what it "
    "does, and what is not known. kgrec wrote all of it from stored measurements."
)


def report_html(findings: Findings, people: Sequence[Person], choices: ReportChoices) -> str:
    """The whole document; the same arguments give the same text."""
    record = findings.record
    chosen = [part for part in PARTS if part in choices.parts]
    numbers = {part: place for place, part in enumerate(chosen, start=2)}
    makers: dict[Part, Callable[[int], Markup]] = {
        "data": lambda number: part_data(findings, number),
        "accuracy": lambda number: part_accuracy(findings, number),
        "people": lambda number: part_people(findings, people, number),
        "beyond": lambda number: part_beyond(findings, number),
        "limits": lambda number: part_limits(findings, number),
    }
    body = joined_markup(
        tag("a", "Skip to the summary", href="#summary", class_="skip"),
        tag("header", _title(findings)),
        tag(
            "main",
            _summary(findings, numbers),
            _contents(chosen, people if "people" in chosen else ()),
            [makers[part](numbers[part]) for part in chosen],
            part_words(findings, people, len(chosen) + 2),
            part_check(findings, people, choices, len(chosen) + 3),
        ),
    )
    head = joined_markup(
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="generator", content="kgrec"),
        tag("title", f"Recommendations on {record.dataset_name}: report"),
        tag("meta", name="description", content=PURPOSE),
        tag("style", Markup(STYLE), _footer(record.run_id)),
    )
    page = tag("html", tag("head", head), tag("body", body), lang="en")
    return f"<!DOCTYPE html>\n{page}\n"


def _footer(run_id: str) -> Markup:
    """The run at the foot of each printed page; an id holds letters, digits and hyphens."""
    plain = "".join(letter for letter in run_id if letter.isalnum() or letter in "-_")
    return Markup(f'@page{{@bottom-left{{content:"kgrec report, run {plain}"}}}}')


def _title(findings: Findings) -> list[Markup]:
    record = findings.record
    return [
        tag("h1", f"Recommendations on {record.dataset_name}"),
        tag(
            "p",
            f"Model: {model_name(record.model)}, trained on {day_words(record.created_at)}. "
            f"Run {record.run_id}.",
            class_="eyebrow",
        ),
        tag("p", PURPOSE),
    ]


def _summary(findings: Findings, numbers: dict[Part, int]) -> Markup:
    lines = [_statement(found, numbers) for found in summary_of(findings)]
    return tag(
        "section",
        tag("h2", tag("span", "1", class_="number"), " ", "Summary"),
        tag("div", tag("ol", lines), class_="lead"),
        tag(
            "p",
            "The sentences are made by fixed rules from stored measurements; each links to its "
            f"numbers. {metric_name(findings.metric)} says how high hidden choices stand in a list "
            f"of {findings.k}: 1 is the ideal list, 0 a list without any. “Better” and “worse” "
            "are relative changes of it; ranges in brackets are 95 % intervals. ",
            tag("a", f"Part {len(numbers) + 2}", href="#words"),
            " says what the words mean.",
            class_="note",
        ),
        id="summary",
        class_="inline",
    )


def _statement(found: Statement, numbers: dict[Part, int]) -> Markup:
    part = PART_OF_ANCHOR.get(found.anchor)
    if part is None or part not in numbers:
        return tag("li", found.text)
    link = tag("a", f"(part {numbers[part]})", href=f"#{found.anchor}")
    return tag("li", found.text, " ", link)


def _contents(chosen: Sequence[Part], people: Sequence[Person]) -> Markup:
    names = [
        tag("li", tag("a", person.title, href=f"#person-{place}"))
        for place, person in enumerate(people, start=1)
    ]
    inside = {"people": tag("ul", names) if names else None}
    lines = [_entry("Summary", "summary")]
    lines += [_entry(PARTS[part], ANCHORS[part], inside.get(part)) for part in chosen]
    lines += [_entry(WORDS_TITLE, "words"), _entry(CHECK_TITLE, "check")]
    return tag("nav", tag("h2", "Contents"), tag("ol", lines), aria_label="Contents")


def _entry(title: str, anchor: str, inside: Markup | None = None) -> Markup:
    return tag("li", tag("a", title, href=f"#{anchor}"), inside)
