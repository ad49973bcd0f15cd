"""Do the reasons hold for everybody? Measures of explanations by group of users."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kgrec_core.figures import format_count
from kgrec_core.report.kept_quality import Estimate, Quality
from kgrec_core.report.layout import note, paragraph, table
from kgrec_core.report.markup import Child, tag
from kgrec_core.report.quality_numbers import span_text, value_text
from kgrec_core.words import counted, joined

__all__ = ["group_rows"]

ALL = "all users"
ORDERS = (("deletion", "Lead in score (DEL)"), ("cndcg", "Lead in place (CNDCG)"))
MOST_NAMED = 3
FEWEST = 2
"""A single group is all users over again."""


@dataclass(frozen=True)
class _Column:
    """One measure by group: heading, how it reads in a sentence, values by group."""

    head: str
    words: str
    is_share: bool
    values: dict[str, Estimate]


_DECIDING = (
    (
        "pn",
        "Items that leave without the named reasons",
        "share of items that leave the list without the named reasons",
    ),
    (
        "ps",
        "Items that stay with them alone",
        "share of items that stay in the list with the named reasons alone",
    ),
    ("cf_size", "Choices to take out", ""),
    ("jaccard@3", "Same reasons with other seeds", "overlap of the reasons under other seeds"),
)
"""Key, heading, and the words for "clearly below all users"; "" where low is no flaw."""


def group_rows(quality: Quality) -> list[Child]:
    """Sentences and two tables; nothing where no group was told."""
    leads = list(_leads(quality))
    deciding = list(_deciding(quality))
    if len(set(_groups([*leads, *deciding])) - {ALL}) < FEWEST:
        return []
    return [
        tag("h4", "Do the reasons hold for everybody?"),
        paragraph(f"{_order_words(leads)} {_low_words(deciding)}".strip()),
        _lead_table(leads) if leads else None,
        _deciding_table(deciding) if deciding else None,
        note(
            "Means with 95 % intervals over users. A group of few users has a wide interval, and "
            "among many groups one may differ by chance. “Choices to take out” is the size of the "
            "smallest set that was found without which an item leaves the list."
        ),
    ]


def _leads(quality: Quality) -> Iterator[_Column]:
    for key, head in ORDERS:
        test = quality.order(key)
        if test is not None and test.groups:
            yield _Column(head, "", is_share=False, values={ALL: test.lead, **test.groups})


def _deciding(quality: Quality) -> Iterator[_Column]:
    for key, head, words in _DECIDING:
        found = quality.figure(key)
        if found is not None and found.groups:
            values = {ALL: found.estimate, **found.groups}
            yield _Column(head, words, is_share=found.is_share, values=values)


def _groups(columns: Sequence[_Column]) -> list[str]:
    return list(dict.fromkeys(name for column in columns for name in column.values))


def _lead_table(columns: Sequence[_Column]) -> Child:
    rows = [
        [
            _name(group),
            _users(columns, group),
            *(_cell(column, group) for column in columns),
            _clear(columns, group),
        ]
        for group in _groups(columns)
    ]
    return table(
        ["Group", "Users", *(column.head for column in columns), "Against random orders"],
        rows,
        caption="How much better the order of the explanation is than random orders, by group",
    )


def _deciding_table(columns: Sequence[_Column]) -> Child:
    rows = [
        [_name(group), *(_cell(column, group) for column in columns)] for group in _groups(columns)
    ]
    return table(
        ["Group", *(column.head for column in columns)],
        rows,
        caption="What the named reasons decide, by group",
    )


def _cell(column: _Column, group: str) -> str:
    estimate = column.values.get(group)
    if estimate is None or estimate.value is None:
        return "–"
    if estimate.low is None:
        return value_text(estimate, is_share=column.is_share)
    return span_text(estimate, is_share=column.is_share, with_value=True)


def _users(columns: Sequence[_Column], group: str) -> str:
    return format_count(max(c.values[group].n_users for c in columns if group in c.values))


def _clear(columns: Sequence[_Column], group: str) -> str:
    found = [column.values[group] for column in columns if group in column.values]
    if all(estimate.low is not None and estimate.low > 0 for estimate in found):
        return "clearly better"
    if any(estimate.high is not None and estimate.high < 0 for estimate in found):
        return "worse"
    return "not clear"


def _order_words(columns: Sequence[_Column]) -> str:
    groups = [group for group in _groups(columns) if group != ALL]
    if not groups:
        return ""
    unclear = [group for group in groups if _clear(columns, group) != "clearly better"]
    if not unclear:
        return (
            f"In each of the {counted(len(groups), 'group')} the order of the explanation is "
            "clearly better than random orders."
        )
    names = joined([f"“{_name(group)}”" for group in unclear], limit=MOST_NAMED)
    return f"The order of the explanation is not clearly better than random orders for {names}."


def _low_words(columns: Sequence[_Column]) -> str:
    """Groups whose whole interval lies below the mean of all users, where low is a flaw."""
    told = []
    for column in columns:
        whole = column.values[ALL].value
        low = [
            group
            for group, estimate in column.values.items()
            if column.words and whole is not None and estimate.high is not None
            if group != ALL and estimate.high < whole
        ]
        if low:
            told.append(f"{column.words} ({joined([_short(column, g) for g in low], MOST_NAMED)})")
    if not told:
        return "" if not columns else "No group is clearly below all users in the other figures."
    return f"Clearly below the mean of all users: {joined(told, limit=len(told))}."


def _short(column: _Column, group: str) -> str:
    value = value_text(column.values[group], is_share=column.is_share)
    whole = value_text(column.values[ALL], is_share=column.is_share)
    name = _name(group)
    return f"{name[:1].lower()}{name[1:]} {value}, all {whole}"


def _name(group: str) -> str:
    """A group as people say it: "gender: F" reads "Gender = F"."""
    words = group.replace(": ", " = ", 1).replace("_", " ")
    return words[:1].upper() + words[1:]
