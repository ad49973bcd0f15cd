"""The part on fairness and limits: who is served how well, and what the model cannot know."""

from __future__ import annotations

from kgrec_core.figures import fixed, format_count, format_share, percent
from kgrec_core.report.choices import PARTS
from kgrec_core.report.dot_chart import Dot, dot_chart
from kgrec_core.report.findings import Findings
from kgrec_core.report.groups import FEWEST, Group, GroupTable
from kgrec_core.report.layout import figure, missing, note, paragraph, section, table
from kgrec_core.report.markup import Child, Markup, tag
from kgrec_core.report.summary import not_measured
from kgrec_core.words import counted, joined, metric_name

__all__ = ["part_limits"]

VERDICTS = {"worse": "clearly worse", "better": "clearly better", "unclear": "no clear difference"}
TONES = {"worse": "bad", "better": "good"}


def part_limits(findings: Findings, number: int) -> Markup:
    """Groups of users, popularity, and limits that follow from data and measurement."""
    return section(
        "limits",
        number,
        PARTS["limits"],
        tag("h3", "Is everybody served alike?"),
        _groups(findings),
        tag("h3", "Is everything shown?"),
        _catalog(findings),
        tag("h3", "What the model cannot know"),
        tag("ul", [tag("li", line) for line in _limits(findings)]),
        tag("h3", "What nobody measured"),
        _gaps(findings),
    )


def _groups(findings: Findings) -> list[Child]:
    found = findings.groups
    if found is None:
        return [missing("accuracy by group", "Train with a split that holds something out.")]
    small = (
        f" {counted(found.n_small, 'further attribute')} of fewer test users "
        f"{'is' if found.n_small == 1 else 'are'} not shown; below {FEWEST} a group says too "
        "little."
        if found.n_small
        else ""
    )
    caption = (
        "Lines are 95 % intervals over users. Filled dots, with “better” or “worse” beside them: "
        "clearly so against all other test users, after a correction for the number of groups."
    )
    return [
        paragraph(_served_words(found)),
        figure(_group_drawing(found), caption, _group_table(found)),
        note(
            "Users with a long history have more hidden choices too, which changes how high this "
            f"measure can go: compare groups with care.{_no_attributes(found)}{small}"
        ),
    ]


def _group_drawing(found: GroupTable) -> Markup:
    name = metric_name(found.metric)
    dots = [Dot("All test users", found.overall, *found.span, fixed(found.overall), "main")]
    dots += [
        Dot(
            _group_name(group),
            group.mean,
            group.low,
            group.high,
            f"{group.verdict} {fixed(group.mean)}" if group.verdict in TONES else fixed(group.mean),
            TONES.get(group.verdict, "plain"),
        )
        for group in found.groups
    ]
    return dot_chart(
        dots,
        title=f"{name} by group of users",
        description="; ".join(f"{dot.label} {dot.text}" for dot in dots) + ".",
        axis=name,
        tick=lambda value: f"{value:.2f}",
    )


def _group_table(found: GroupTable) -> Markup:
    rows = [
        [
            _group_name(group),
            format_count(group.n_users),
            fixed(group.mean),
            f"{fixed(group.low)} to {fixed(group.high)}",
            format_share(group.share_without_hit),
            VERDICTS[group.verdict],
        ]
        for group in found.groups
    ]
    return table(
        [
            "Group",
            "Test users",
            metric_name(found.metric),
            "95 % interval",
            "Without any hit",
            "Against all others",
        ],
        rows,
        caption=f"Groups of test users; lists of {found.metric.partition('@')[2]}",
    )


def _no_attributes(found: GroupTable) -> str:
    if any(group.kind == "attribute" for group in found.groups):
        return ""
    return (
        " The data states no attributes of users (such as age or occupation), so nothing can be "
        "said about fairness between such groups."
    )


def _group_name(group: Group) -> str:
    return (
        group.label.replace(": ", " = ", 1).replace("_", " ")
        if group.kind == "attribute"
        else group.label
    )


def _served_words(found: GroupTable) -> str:
    k = found.metric.partition("@")[2]
    without = (
        f"{format_count(found.n_without_hit)} test users ({format_share(found.share_without_hit)}) "
        f"get no hit at all in a list of {k}."
    )
    worse = sorted(
        (group for group in found.groups if group.verdict == "worse"), key=lambda g: g.mean
    )
    if not worse:
        return f"No group is clearly served worse than the others. {without}"
    told = joined(
        [
            f"users with {group.label} ({_gap(group, found)})"
            for group in worse
        ],
        limit=5,
    )  # fmt: skip
    return f"Clearly served worse than all others: {told}. {without}"


def _gap(group: Group, found: GroupTable) -> str:
    name = metric_name(found.metric)
    if not found.overall:
        return f"{name} {fixed(group.mean)}"
    return (
        f"{name} {fixed(group.mean)}, {percent(group.mean / found.overall - 1)} below the mean of "
        "all"
    )


def _catalog(findings: Findings) -> list[Child]:
    result = findings.evaluation
    if result is None:
        return [missing("what the lists show", "Train with a split that holds something out.")]
    k = max(result.ks)
    told = [
        f"The lists of all test users together show {format_share(result.metrics[f'coverage@{k}'])}"
        f" of the catalog (lists of {k}); the rest is shown to nobody."
    ]
    report = findings.benchmarks.accuracy
    if report is not None:
        own = report.mean(report.settings["reference"], f"gini@{k}")
        plain = report.mean("popularity", f"gini@{k}")
        if own is not None:
            against = f", against {fixed(plain)} when everybody gets the popular items"
            told.append(
                "How unevenly the places go to the items (Gini, 0 even, 1 all to one item): "
                f"{fixed(own)}{against if plain is not None else ''}."
            )
    told.append(
        "In the data itself the same measure of the interactions is "
        if len(told) > 1
        else "How unevenly the interactions of the data go to the items (Gini, 0 even, 1 all to "
        "one item): "
    )
    told[-1] += f"{fixed(findings.profile.popularity_gini)}."
    return [paragraph(" ".join(told))]


def _limits(findings: Findings) -> list[str]:
    found = []
    if findings.evaluation is not None:
        found += [
            "A hidden choice shows that somebody took an item, not that the suggestion would have "
            "changed anything. Only a trial with real users can show that.",
            "Suggestions that a user would have liked but never met count as misses.",
        ]
    if findings.record.model != "popularity":
        found.append(
            "The reasons say what the score is made of. They do not say why a person likes an item."
        )
    return [*found, *_of_the_split(findings), *_of_the_cold(findings), *_of_the_data(findings)]


def _of_the_split(findings: Findings) -> list[str]:
    name, has_times = findings.settings.split.name, findings.profile.first_time is not None
    if findings.evaluation is None:
        return []
    if name == "random" and has_times:
        return [
            "The held-out choices were not the latest ones, so the model may have seen later "
            "choices than those it was tested on. A test in the order of time is stricter."
        ]
    if name == "given":
        return ["The parts came with the data; how they were drawn is not known here."]
    return []


def _of_the_cold(findings: Findings) -> list[str]:
    """Users and items without a known choice, and what this model has for them."""
    split, found = findings.split, []
    if split.n_cold_users:
        left = (
            "the model can only use what else is stated about them"
            if findings.uses("graph") or findings.uses("text")
            else "this model knows nothing of their taste"
        )
        found.append(f"{counted(split.n_cold_users, 'user')} without a known choice: {left}.")
    if split.n_cold_items:
        speak = [
            word
            for part, word in (("graph", "links"), ("text", "texts"))
            if findings.reads("graph" if part == "graph" else "text")
        ]
        left = f"only {' and '.join(speak)} speak for them" if speak else "nothing speaks for them"
        found.append(
            f"{counted(split.n_cold_items, 'item')} that nobody has chosen in training: {left}."
        )
    return found


def _of_the_data(findings: Findings) -> list[str]:
    """What is not in the data, or is there and not used."""
    no_text, linked = 1 - findings.profile.share_with_text, findings.graph.share_of_items_linked
    found = []
    if no_text == 1:
        found.append("The data has no texts.")
    elif not findings.uses("text"):
        found.append("This model does not read the texts of the data.")
    elif no_text:
        found.append(f"{format_share(no_text)} of the items have no text.")
    if not findings.graph.n_triples:
        found.append("The data has no knowledge graph.")
    elif not findings.uses("graph"):
        found.append("This model does not use the knowledge graph of the data.")
    elif linked < 1:
        found.append(f"{format_share(1 - linked)} of the items have no link in the graph.")
    if findings.profile.first_time is None:
        found.append("The data has no times, so changes of taste cannot be seen.")
    return found


def _gaps(findings: Findings) -> Markup:
    missing_ = not_measured(findings)
    if not missing_:
        return paragraph("Everything that this report can show has been measured.")
    lines = [tag("li", f"{what}: ", _way(how)) for what, how in missing_]
    return tag("ul", lines)


def _way(how: str) -> Child:
    """A command as it is typed; a page of the app as a sentence."""
    return tag("code", how) if how.startswith("kgrec ") else how
