"""The part on data and knowledge graph."""

from __future__ import annotations

import dataclasses

from kgrec_core.figures import day_words, fixed, format_count, format_share, p_words, signed
from kgrec_core.pipeline.signal_result import (
    CARRIES,
    NO_LINKS,
    NOTHING,
    WEAK,
    WRONG,
    LinkSignal,
    SignalResult,
)
from kgrec_core.report.choices import PARTS
from kgrec_core.report.column_chart import column_chart
from kgrec_core.report.dot_chart import Dot, dot_chart
from kgrec_core.report.findings import Findings
from kgrec_core.report.layout import facts, figure, missing, note, paragraph, section, table
from kgrec_core.report.markup import Child, Markup, tag
from kgrec_core.words import counted, metric_name

__all__ = ["part_data"]

MOST_ROWS = 25
HEADLINES = {
    CARRIES: "The knowledge graph carries signal.",
    WEAK: "The knowledge graph carries a little signal.",
    NOTHING: "The knowledge graph says nothing about the items; check the ids of the link file.",
    WRONG: "The knowledge graph points the wrong way; check the ids of the link file.",
    NO_LINKS: "No item has a link.",
}
SHORT = {
    CARRIES: "carries signal",
    WEAK: "weak",
    NOTHING: "no signal",
    WRONG: "points the wrong way",
    NO_LINKS: "no links",
}


def part_data(findings: Findings, number: int) -> Markup:
    """Counts, time, problems, graph, leakage, and whether the links carry signal."""
    return section(
        "data",
        number,
        PARTS["data"],
        _counts(findings),
        _activity(findings),
        _problems(findings),
        tag("h3", "Knowledge graph", id="graph"),
        _graph(findings),
        *([_leakage(findings), *_signal(findings)] if findings.graph.n_triples else []),
    )


def _counts(findings: Findings) -> list[Child]:
    profile, counts = findings.profile, findings.profile.counts
    boxes = [
        ("users", format_count(counts["users"])),
        ("items", format_count(counts["items"])),
        ("interactions", format_count(counts["interactions"])),
        ("of all pairs are known", format_share(profile.density)),
        ("items with text", format_share(profile.share_with_text)),
        ("social links", format_count(counts["social"])),
    ]
    cold = (
        f"{counted(profile.n_cold_users, 'user')} and {counted(profile.n_cold_items, 'item')} "
        "have no interaction at all."
    )
    median = (
        f"Half of the users have {profile.median_per_user:g} interactions or fewer; half of the "
        f"items {profile.median_per_item:g} or fewer."
    )
    return [
        facts(boxes),
        paragraph(f"{_time_words(findings)} {median} {cold}"),
        note(
            "Fingerprint of the data: ",
            tag("code", findings.record.dataset_fingerprint),
            ". The same content always gives this fingerprint; any change gives another.",
        ),
    ]


def _time_words(findings: Findings) -> str:
    first, last = findings.profile.first_time, findings.profile.last_time
    if first is None or last is None:
        return "The interactions have no times."
    return f"The interactions range from {day_words(first)} to {day_words(last)}."


def _activity(findings: Findings) -> Markup:
    histogram = findings.profile.per_user
    edges = [int(edge) for edge in histogram.edges.tolist()]
    columns = [
        (f"{low}" if high - low == 1 else f"{low}–{high - 1}", float(count))
        for low, high, count in zip(edges, edges[1:], histogram.counts.tolist(), strict=False)
    ]
    while len(columns) > 1 and not columns[0][1]:  # nobody has so few
        columns.pop(0)
    caption = "How many interactions each user has: number of users per column."
    drawing = column_chart(
        columns,
        title="Users by number of interactions",
        description=f"{len(columns)} columns, from {columns[0][0]} to {columns[-1][0]} "
        "interactions per user.",
        axis="interactions of a user",
        tick=format_count,
    )
    twin = table(
        ["Interactions", "Users"],
        [[name, format_count(count)] for name, count in columns],
        caption="Users by number of interactions",
    )
    return figure(drawing, caption, twin)


def _problems(findings: Findings) -> list[Child]:
    problems = findings.problems
    heading = tag("h3", "Refused or altered rows")
    if not problems:
        return [heading, paragraph("None: every row of the files could be read.")]
    n_rows = sum(problem.count for problem in problems)
    rows = [
        [
            problem.file,
            str(problem.line or "–"),
            problem.column or "–",
            problem.reason,
            problem.example or "–",
            format_count(problem.count),
        ]
        for problem in problems[:MOST_ROWS]
    ]
    words = f"{counted(n_rows, 'row')} with {counted(len(problems), 'kind')} of problems."
    return [
        heading,
        paragraph(words),
        table(
            ["File", "First line", "Column", "What was found and done", "Example", "Rows"],
            rows,
            caption=_cut_words("Problems of the import", len(problems)),
            n_words=5,
        ),
    ]


def _graph(findings: Findings) -> list[Child]:
    graph = findings.graph
    if not graph.n_triples:
        return [paragraph("There is none: no item has a link to anything.")]
    types = ", ".join(
        f"{_spaced(kind.entity_type)} ({format_count(kind.n_entities)})" for kind in graph.types[:8]
    )
    more = f" and {len(graph.types) - 8} further types" if len(graph.types) > 8 else ""
    rows = [
        [
            _spaced(relation.relation_id),
            format_count(relation.n_triples),
            format_count(relation.n_items),
            f"{relation.mean_degree:.1f}",
        ]
        for relation in graph.relations[:MOST_ROWS]
    ]
    return [
        facts(
            [
                ("entities", format_count(graph.n_entities)),
                ("relations", format_count(graph.n_relations)),
                ("links", format_count(graph.n_triples)),
                ("items with a link", format_share(graph.share_of_items_linked)),
            ]
        ),
        paragraph(f"Entities by type: {types}{more}."),
        table(
            ["Relation", "Links", "Items with it", "Links per head"],
            rows,
            caption=_cut_words("Relations of the graph", len(graph.relations)),
        ),
        note("Fingerprint of the graph: ", tag("code", findings.record.graph_fingerprint), "."),
    ]


def _leakage(findings: Findings) -> list[Child]:
    n = findings.n_hidden_links
    held_out = findings.split.validation + findings.split.test
    words = (
        f"{counted(n, 'link')} of {format_count(findings.graph.n_triples)} "
        f"{'was' if n == 1 else 'were'} kept from the model: only interactions that were held out "
        "state them, so they would have told it part of the answer."
        if n
        else "No link had to be kept from the model: none is stated only by an interaction that "
        "was held out."
    )
    checked = f"Looked at were the tags of all {format_count(held_out)} held-out interactions."
    if not findings.profile.counts["tags"]:
        checked = "The data has no tags, by which an interaction could state a link."
    return [
        tag("h3", "Does the graph give the answers away?"),
        paragraph(f"{words} {checked if held_out else ''}".strip()),
    ]


def _signal(findings: Findings) -> list[Child]:
    signal = findings.signal
    heading = tag("h3", "Do the links say anything about who likes what?")
    if signal is None:
        command = f"kgrec signal {findings.record.dataset_fingerprint}"
        return [heading, missing("whether the links carry signal", command)]
    overall = signal.overall
    name = metric_name(signal.metric)
    words = (
        f"Unseen items were ranked for {counted(signal.n_users, 'user')} by shared links alone. "
        f"The true links reach {name} {fixed(overall.value)}. The same links shuffled among the "
        f"items, {counted(signal.n_scrambles, 'time')}, reach {fixed(overall.scrambled)} on "
        f"average (95 % of the shuffles: {fixed(overall.scrambled_low)} to "
        f"{fixed(overall.scrambled_high)}; {p_words(overall.p_value)}). Random lists reach "
        f"{fixed(signal.random)}, the most popular items {fixed(signal.popularity)}."
    )
    return [
        heading,
        paragraph(tag("strong", HEADLINES.get(overall.verdict, overall.verdict))),
        paragraph(words),
        _signal_figure(signal),
    ]


def _signal_figure(signal: SignalResult) -> Markup:
    name = metric_name(signal.metric)
    relations = [dataclasses.replace(r, name=_spaced(r.name)) for r in signal.relations]
    parts = [signal.overall, *signal.sources, *relations[:MOST_ROWS]]
    rows = [
        Dot(
            "all links" if part is signal.overall else part.name,
            part.difference,
            part.low,
            part.high,
            signed(part.difference),
            "main" if part is signal.overall else "good" if part.has_signal else "plain",
        )
        for part in parts
        if part.verdict != NO_LINKS
    ]
    twin = table(
        ["Links", "Verdict", "Items", "True", "Shuffled", "Difference",
         "95 % interval", "p"],
        [_signal_row(part, is_all=part is signal.overall) for part in parts],
        caption=f"Test of the links, by file and by relation: share of the items that have them, "
        f"{name} of the true links and of shuffled ones",
        n_words=2,
    )  # fmt: skip
    if not rows:
        return twin
    drawing = dot_chart(
        rows,
        title="True links against shuffled ones",
        description=f"Difference in {name} with its 95 % interval; right of 0 the true links "
        "are better.",
        axis=f"{name} of the true links minus that of shuffled ones",
        tick=signed,
        zero=True,
    )
    caption = (
        "All links, each file, and each relation alone. Lines are 95 % intervals over users; "
        "hollow dots carry no clear signal."
    )
    return figure(drawing, caption, twin)


def _signal_row(part: LinkSignal, *, is_all: bool) -> list[str]:
    return [
        "all links" if is_all else part.name,
        SHORT.get(part.verdict, part.verdict),
        format_share(part.share_linked),
        fixed(part.value),
        fixed(part.scrambled),
        signed(part.difference),
        f"{signed(part.low)} to {signed(part.high)}",
        p_words(part.p_value).removeprefix("p = ").removeprefix("p "),
    ]


def _spaced(name: str) -> str:
    """A relation or type as people read it: "directed by"."""
    return name.replace("_", " ")


def _cut_words(caption: str, n_all: int) -> str:
    if n_all <= MOST_ROWS:
        return caption
    return f"{caption}: the first {MOST_ROWS} of {format_count(n_all)}"
