"""The part on chosen users: their lists, the reasons in words, and scores taken apart."""

from __future__ import annotations

from collections.abc import Sequence

from kgrec_core.figures import format_count, format_score, format_share, format_signed
from kgrec_core.palette import MODALITY_NAMES
from kgrec_core.report.choices import PARTS
from kgrec_core.report.findings import Findings
from kgrec_core.report.layout import figure, note, paragraph, section, table
from kgrec_core.report.markup import Markup, tag
from kgrec_core.report.path_drawing import PathPicture, draw_paths
from kgrec_core.report.people import DrawnScore, Person, ShownItem
from kgrec_core.report.waterfall import Step, draw_waterfall, step_decimals, step_text
from kgrec_core.words import counted

__all__ = ["part_people"]

IN_ONE_PIECE = (
    "This model learns one vector per user and cannot name single reasons: the score is the "
    "starting value of the item and one number for the whole profile."
)
SCORE_WORDS = (
    "A score is a plain sum: the starting value of the item (how popular it is) and one part for "
    "each reason. Nothing is added to the sum afterwards, so the reasons below are not a story "
    "told about the score; they are the score. Scores order a list. They are no probabilities, and "
    "those of different users cannot be compared."
)
LIST_WORDS = (
    "Beside each suggestion stands its score, under it its largest reasons with what each adds. "
    "“Really chosen” marks a suggestion that the user had chosen indeed; the model did not know."
)
POPULAR = (
    "Nothing but popularity speaks for these items: what is known about this user changes no score."
)


def part_people(findings: Findings, people: Sequence[Person], number: int) -> Markup:
    """One subsection per person."""
    if not people:
        return section("people", number, PARTS["people"],
                       paragraph("No user of this data has a known choice."))  # fmt: skip
    return section(
        "people",
        number,
        PARTS["people"],
        paragraph(SCORE_WORDS),
        paragraph(LIST_WORDS),
        [_person(findings, person, place) for place, person in enumerate(people)],
    )


def _person(findings: Findings, person: Person, place: int) -> Markup:
    hits = _hit_words(person)
    drawn = [_drawn(findings, person, item, item.drawn) for item in person.items if item.drawn]
    kinds = ["person", "first" if place == 0 else "", "drawn" if drawn else ""]
    return tag(
        "div",
        tag("h3", person.title),
        paragraph(f"{' '.join(person.facts)} {person.why}"),
        paragraph(IN_ONE_PIECE, kind="warn") if person.is_in_one_piece else None,
        paragraph(POPULAR, kind="warn") if _is_by_popularity(person) else None,
        _list(person) if person.items else paragraph("There is no item left to suggest."),
        note(hits) if hits else None,
        drawn,
        class_=" ".join(kind for kind in kinds if kind),
        id=f"person-{place + 1}",
    )


def _hit_words(person: Person) -> str:
    """How many of the suggestions the user had really chosen; "" for a newcomer."""
    known = [item.was_chosen for item in person.items if item.was_chosen is not None]
    if not known:
        return ""
    n = sum(known)
    count = "None" if not n else format_count(n)
    verb = "is" if n == 1 else "are"
    return f"{count} of these {counted(len(known), 'suggestion')} {verb} among the hidden choices."


def _list(person: Person) -> Markup:
    lines = [_line(item, is_told=not _is_by_popularity(person)) for item in person.items]
    return tag("ol", lines, class_="list")


def _is_by_popularity(person: Person) -> bool:
    """No item of the list has a reason; then that is said once."""
    return bool(person.items) and not any(item.told for item in person.items)


def _line(item: ShownItem, *, is_told: bool) -> Markup:
    chosen = tag("span", "really chosen", class_="chosen") if item.was_chosen else None
    told = [
        tag("li", tag("span", format_signed(value), class_="part"), tag("span", text))
        for value, text in item.told
    ]
    nothing = tag(
        "li",
        tag("span", "", class_="part"),
        tag("span", "Only the popularity of the item speaks for it."),
    )
    return tag(
        "li",
        tag("span", f"{item.rank}.", class_="rank"),
        tag("span", tag("span", item.label, class_="title"), chosen),
        tag("span", format_score(item.score), class_="score"),
        tag("ul", told or nothing) if is_told else None,
    )


def _drawn(
    findings: Findings, person: Person, item: ShownItem, drawn: DrawnScore
) -> list[Markup | None]:
    return [
        tag("h4", f"Why “{item.label}”"),
        _waterfall(person, item, drawn),
        _paths(item, drawn.paths) if findings.graph.n_triples and findings.uses("graph") else None,
    ]


def _waterfall(person: Person, item: ShownItem, drawn: DrawnScore) -> Markup:
    decimals = step_decimals(drawn.steps)
    picture = draw_waterfall(
        drawn.steps,
        title=f"Score of {item.label} for {person.label}",
        description=f"From the starting value to the score in {len(drawn.steps)} bars. "
        f"{drawn.sum_words}",
    )
    twin = table(
        ["Part", "View of the model", "Value"],
        [[step.label, step.source, step_text(step, decimals)] for step in drawn.steps],
        caption=f"Score of “{item.label}”, part by part",
        n_words=2,
    )
    hollow = " Hollow bars lower the score." if any(s.value < 0 for s in drawn.steps) else ""
    caption = f"{drawn.sum_words}{hollow}"
    return tag("div", _legend(drawn.steps), figure(picture, caption, twin))


def _legend(steps: Sequence[Step]) -> Markup:
    kinds = dict.fromkeys(step.kind for step in steps if step.kind in MODALITY_NAMES)
    swatch = [
        tag(
            "li",
            tag(
                "svg",
                tag("rect", width=10, height=10, class_=f"m-{kind}"),
                viewBox="0 0 10 10",
                aria_hidden="true",
            ),
            MODALITY_NAMES[kind],
        )
        for kind in kinds
    ]
    return tag("ul", swatch, class_="legend")


def _paths(item: ShownItem, picture: PathPicture | None) -> Markup:
    if picture is None:
        return note(f"No path of the knowledge graph leads to “{item.label}” for this user.")
    words = (
        f"{counted(picture.n_paths, 'path')} through the knowledge graph "
        f"{'adds' if picture.n_paths == 1 else 'add'} {format_signed(picture.total)} to the score"
    )
    if picture.n_drawn < picture.n_paths:
        share = ""
        if picture.total and 0 <= picture.drawn / picture.total <= 1:
            share = f", {format_share(picture.drawn / picture.total)} of it"
        words += (
            f"; the {picture.n_drawn} strongest are drawn ({format_signed(picture.drawn)}{share})"
        )
    tie = any(line[5] for line in picture.lines)
    against = any(line[3] < 0 and not line[5] for line in picture.lines)
    caption = (
        f"{words}. From left to right: known choices, what they are linked to, the suggestion. "
        "Thicker lines count more; arrows show which way the data states a link."
        f"{' Dotted: no link, but what people choose together.' if tie else ''}"
        f"{' Dashed: speaks against the suggestion.' if against else ''}"
    )
    twin = table(
        ["Path", "Stated in", "Part of the score"],
        [[row.words, row.stated_in, format_signed(row.value)] for row in picture.rows],
        caption=f"The {len(picture.rows)} strongest paths to “{item.label}”",
        n_words=2,
    )
    drawing = draw_paths(
        picture,
        title=f"Paths to {item.label}",
        description="; ".join(row.words for row in picture.rows[: picture.n_drawn]) + ".",
    )
    return figure(drawing, caption, twin)
