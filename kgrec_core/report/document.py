"""The parts put together: one HTML file that needs nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kgrec_core.report.choices import PARTS, Part, ReportChoices
from kgrec_core.report.findings import Findings
from kgrec_core.report.markup import Markup, joined_markup, tag
from kgrec_core.report.part_accuracy import part_accuracy
from kgrec_core.report.part_beyond import part_beyond
from kgrec_core.report.part_check import part_check
from kgrec_core.report.part_data import part_data
from kgrec_core.report.part_limits import part_limits
from kgrec_core.report.part_people import part_people
from kgrec_core.report.people import Person
from kgrec_core.report.style import STYLE
from kgrec_core.report.summary import Statement, summary_of
from kgrec_core.storage.records import time_text
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
            _contents(findings, chosen),
            [makers[part](numbers[part]) for part in chosen],
            part_check(findings, people, choices, len(chosen) + 2),
        ),
    )
    head = joined_markup(
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="generator", content="kgrec"),
        tag("title", f"Recommendations on {record.dataset_name}: report"),
        tag("style", Markup(STYLE)),
    )
    page = tag("html", tag("head", head), tag("body", body), lang="en")
    return f"<!DOCTYPE html>\n{page}\n"


def _title(findings: Findings) -> list[Markup]:
    record = findings.record
    day = (time_text(record.created_at) or "")[:10]
    return [
        tag("h1", f"Recommendations on {record.dataset_name}"),
        tag(
            "p",
            f"{model_name(record.model)}, trained on {day}. Run {record.run_id}.",
            class_="eyebrow",
        ),
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
            "are relative changes of it; ranges in brackets are 95 % intervals.",
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


def _contents(findings: Findings, chosen: Sequence[Part]) -> Markup:
    lines = [tag("li", tag("a", "Summary", href="#summary"))]
    lines += [tag("li", tag("a", PARTS[part], href=f"#{ANCHORS[part]}")) for part in chosen]
    lines.append(tag("li", tag("a", CHECK_TITLE, href="#check")))
    return tag("nav", tag("h2", "Contents"), tag("ol", lines), aria_label="Contents")
