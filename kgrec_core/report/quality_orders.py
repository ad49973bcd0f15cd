"""The order of the explanation beside other orders, and beside explanations from outside."""

from __future__ import annotations

from collections.abc import Sequence

from kgrec_core.figures import format_count
from kgrec_core.report.kept_quality import Estimate, Method, OrderTest, Quality
from kgrec_core.report.layout import note, paragraph, table
from kgrec_core.report.markup import Child, Markup, tag
from kgrec_core.report.quality_numbers import span_text, value_text
from kgrec_core.words import counted, model_name

__all__ = ["method_rows", "order_rows"]

RIVALS = {
    "random": "Random orders",
    "popularity": "Most popular first",
    "recency": "Latest first",
}
HEADS = {
    "deletion": "Score while units are taken out",
    "cndcg": "Place in the list meanwhile",
    "insertion": "Score with first units alone",
    "position": "Still in the list while units are taken out",
}
PAIRS = (("deletion", "cndcg"), ("position", "insertion"))
"""Measures that have a target, then the others."""
OUTSIDE = "contributions"
METHODS = {
    OUTSIDE: "its own terms",
    "leave-one-out": "leaving one choice out",
    "LIME-style": "a local linear model (LIME)",
}


def order_rows(quality: Quality) -> list[Child]:
    """A sentence and two tables: the explanation beside random, popular and latest first."""
    found = [[t for key in keys if (t := quality.order(key)) is not None] for keys in PAIRS]
    captions = (
        "Measures with a target: means over users with 95 % intervals",
        "The same, without a target",
    )
    tables = [
        _order_table(tests, caption)
        for tests, caption in zip(found, captions, strict=True)
        if tests
    ]
    if not tables:
        return []
    return [
        tag("h4", "Is what is named first really what counts?"),
        paragraph(
            "What is known about a user is taken out unit by unit, the strongest reason first, and "
            "everything is scored again after each step. If the reasons are true, score and place "
            "fall faster than with units taken out in any other order."
        ),
        *tables,
    ]


def method_rows(quality: Quality) -> list[Child]:
    """Explanations made from outside; nothing when they were not measured."""
    if not quality.methods:
        return []
    n_users = max(row.position.n_users for row in quality.methods)
    return [
        tag("h4", "Beside explanations made from outside"),
        table(
            ["Model", "Explained by", "Still in the list", "by chance", "CNDCG", "by chance",
             "Scorings each"],
            [_method_row(row) for row in quality.methods],
            caption="Lower is better: the item leaves the list sooner when the named units go",
            n_words=2,
        ),
        note(
            f"On {counted(n_users, 'user')}, each model on its own lists and with random orders of "
            "its own, so these figures differ from those above. “Scorings each” is how often the "
            "model has to be asked to make one explanation."
        ),
    ]  # fmt: skip


def _order_table(tests: Sequence[OrderTest], caption: str) -> Markup:
    rows = [["This explanation", *(_text(test, test.own) for test in tests)]]
    for key, name in RIVALS.items():
        values = [test.rivals.get(key) for test in tests]
        if any(value is not None and value.value is not None for value in values):
            cells = [_text(t, v) for t, v in zip(tests, values, strict=True)]
            rows.append([name, *cells])
    if any(test.verdict for test in tests):
        rows.append(["Better than all of them, without overlap", *(t.verdict for t in tests)])
    heads = [f"{HEADS[test.key]} ({test.label}, {test.better} is better)" for test in tests]
    return table(["Order", *heads], rows, caption=caption)


def _text(test: OrderTest, estimate: Estimate | None) -> str:
    if estimate is None or estimate.value is None:
        return "–"
    is_share = test.key == "position"
    if estimate.low is None:
        return value_text(estimate, is_share=is_share)
    return span_text(estimate, is_share=is_share, with_value=True)


def _method_row(row: Method) -> list[str]:
    return [
        model_name(row.model),
        METHODS.get(row.method, row.method),
        value_text(row.position, is_share=True),
        value_text(row.position_random, is_share=True),
        value_text(row.cndcg, is_share=False),
        value_text(row.cndcg_random, is_share=False),
        format_count(row.n_rescored),
    ]
