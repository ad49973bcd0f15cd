"""A guess for one whole table, once its key columns are known."""

from __future__ import annotations

from kgrec_core.data.guess_columns import (
    Sample,
    find_label,
    find_links,
    find_named,
    find_text,
    find_time,
    find_weight,
)
from kgrec_core.data.mapping import LinkColumn, TableMapping

__all__ = ["guess_items", "guess_met", "guess_table", "guess_users"]


def guess_table(
    sample: Sample, role: str, columns: dict[str, str | None], links: tuple[LinkColumn, ...] = ()
) -> TableMapping:
    """A table of `role`; the parts without a column are left out."""
    present = {part: name for part, name in columns.items() if name}
    return TableMapping.model_validate(
        {"file": sample.file, "role": role, "columns": present, "links": links}
    )


def guess_met(sample: Sample, user: str, item: str) -> TableMapping:
    """Interactions, or tags when there is a column of tags and none of weights."""
    tag = find_named(sample, ("tag", "keyword"))
    time = find_time(sample, (user, item))
    weight = find_weight(sample, (user, item, time or ""))
    if tag and not weight:
        columns = {"user": user, "item": item, "tag": tag, "time": time}
        return guess_table(sample, "tags", columns)
    columns = {"user": user, "item": item, "weight": weight, "time": time}
    return guess_table(sample, "interactions", columns)


def guess_items(sample: Sample, item: str) -> TableMapping:
    """Items with label, document and links, or the tags of items."""
    tag = find_named(sample, ("tag", "keyword"))
    if tag and not sample.is_key(item):
        return guess_table(sample, "tags", {"item": item, "tag": tag})
    label = find_label(sample, (item,))
    text = find_text(sample, (item, label or ""))
    links = find_links(sample, (item, label or "", text or ""))
    return guess_table(sample, "items", {"item": item, "label": label, "text": text}, links)


def guess_users(sample: Sample, user: str) -> TableMapping:
    """Users with label and attributes."""
    named = find_named(sample, ("name", "label"), (user,))
    links = find_links(sample, (user, named or ""))
    return guess_table(sample, "users", {"user": user, "label": named}, links)
