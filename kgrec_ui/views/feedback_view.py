"""What people said, what counts of it, and whose lists it changed, in words and tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from kgrec_core.config import CountedFeedback
from kgrec_core.data.dataset import Dataset
from kgrec_core.explanation.names import Names, relation_words
from kgrec_core.pipeline.adapted import Adjustment, ChangedList
from kgrec_core.pipeline.feedback import FeedbackUse
from kgrec_core.recommender.contract import PairExplanation
from kgrec_core.storage.feedback import FeedbackRecord, Triple
from kgrec_ui.theme import format_count, format_share, format_signed, format_when
from kgrec_ui.views.search_view import option_label
from kgrec_ui.views.words import counted, joined

__all__ = [
    "DIFFERENCE_SCHEMA",
    "KIND_WORDS",
    "WrongReason",
    "adjustment_words",
    "changed_sentence",
    "changed_table",
    "feedback_table",
    "feedback_words",
    "link_ids",
    "link_words",
    "said_about",
    "use_words",
    "wrong_reasons",
]

KIND_WORDS = {"like": "Like", "dislike": "Dislike", "wrong_reason": "Wrong reason"}
FEEDBACK_SCHEMA = {
    "said": pl.String,
    "what": pl.String,
    "about": pl.String,
    "user": pl.String,
    "when": pl.String,
    "taken back": pl.String,
}
DIFFERENCE_SCHEMA = {
    "user": pl.String,
    "new": pl.String,
    "gone": pl.String,
    "moved": pl.Int64,
    "before": pl.String,
    "after": pl.String,
}
N_NAMED = 3


@dataclass(frozen=True)
class WrongReason:
    """A part of a reason that can be called wrong.

    Attributes:
        label: what it is.
        value: signed part of the score that goes with it.
        triple: a link of the graph; None for a past choice.
        item_id: a past choice; "" for a link.
    """

    label: str
    value: float
    triple: Triple | None = None
    item_id: str = ""

    @property
    def offered(self) -> str:
        """As it is offered: what kind it is, its name, its part of the score."""
        kind = "Past choice" if self.triple is None else "Link"
        return f"{kind}: {self.label} ({format_signed(self.value)})"


def feedback_words(feedback: CountedFeedback) -> str:
    """How much was said: "2 likes, 1 item left out, 1 blocked link"."""
    parts = [
        counted(len(said), noun, plural)
        for said, noun, plural in (
            (feedback.likes, "like", ""),
            (feedback.dislikes, "item left out", "items left out"),
            (feedback.blocked, "blocked link", ""),
        )
        if said
    ]
    return ", ".join(parts) or "none"


def adjustment_words(found: Adjustment, *, ignores_links: bool) -> str:
    """What of the feedback changes one list, one sentence; "" when nothing does."""
    links = counted(len(found.triples), "blocked link")
    parts = [
        counted(len(part), noun, plural)
        for part, noun, plural in (
            (found.added, "like", ""),
            (found.removed, "item left out", "items left out"),
        )
        if part
    ]
    if found.triples and not ignores_links:
        parts.append(links)
    sentences = [f"Feedback counts in this list: {', '.join(parts)}."] if parts else []
    if found.triples and ignores_links:
        sentences.append(
            f"{links[:1].upper()}{links[1:]} will count from the next training on: this model "
            "cannot tell which part of a score comes from which link."
        )
    return " ".join(sentences)


def use_words(use: FeedbackUse) -> str:
    """What a training made of the feedback, one sentence; "" when it counted none."""
    parts = [
        (use.n_added, "like became an interaction", "likes became interactions"),
        (use.n_known, "like was known already", "likes were known already"),
        (use.n_removed, "disliked interaction was left out", "disliked interactions were left out"),
        (use.n_forbidden, "disliked item is not shown", "disliked items are not shown"),
        (use.n_blocked, "link was left out of the graph", "links were left out of the graph"),
        (
            use.n_held_out,
            "is about something held out for the test and was not used",
            "are about something held out for the test and were not used",
        ),
        (use.n_unknown, "names nobody in the data", "name nobody in the data"),
    ]
    told = [f"{format_count(n)} {one if n == 1 else many}" for n, one, many in parts if n]
    return f"This run counts feedback: {'; '.join(told)}." if told else ""


def said_about(records: Sequence[FeedbackRecord], user_id: str, item_id: str) -> str:
    """What counts of the words of one user about one item: "like", "dislike" or ""."""
    for record in records:
        is_about = record.user_id == user_id and record.item_id == item_id
        if is_about and record.kind != "wrong_reason" and record.is_counted:
            return record.kind
    return ""


def wrong_reasons(explanation: PairExplanation, names: Names) -> list[WrongReason]:
    """Links and past choices behind one score, by the size of the part that goes with them."""
    links: dict[int, float] = {}
    choices: dict[int, float] = {}
    for term in explanation.contributions:
        if term.evidence.kind == "item":
            choices[term.evidence.index] = choices.get(term.evidence.index, 0.0) + term.value
        for path in term.paths:
            for hop in names.hops(path):
                links[hop.triple_index] = links.get(hop.triple_index, 0.0) + path.value
    found = [
        WrongReason(link_words(row, names), value, triple=link_ids(row, names))
        for row, value in links.items()
        if value
    ]
    found += [
        WrongReason(names.item(item), value, item_id=names.item_ids[item])
        for item, value in choices.items()
        if value
    ]
    return sorted(found, key=lambda reason: -abs(reason.value))


def link_words(row: int, names: Names) -> str:
    """A link of the graph as it is stated: "Heat, directed by, Michael Mann"."""
    head, relation, tail = (int(part) for part in names.graph.triples[row])
    relation_id = names.graph.relations.id_of(relation)
    return f"{names.entity(head)} – {names.relation(relation_id)} – {names.entity(tail)}"


def feedback_table(
    records: Sequence[FeedbackRecord], dataset: Dataset, names: Names, timezone: str | None
) -> pl.DataFrame:
    """Everything that was said, in the order given."""
    rows = [
        {
            "said": KIND_WORDS[record.kind],
            "what": _what(record, dataset, names),
            "about": _item_label(dataset, record.item_id),
            "user": _user_label(dataset, record.user_id),
            "when": format_when(record.created_at, timezone),
            "taken back": format_when(record.undone_at, timezone) if record.undone_at else "",
        }
        for record in records
    ]
    return pl.DataFrame(rows, schema=FEEDBACK_SCHEMA)


def changed_sentence(
    changed: Sequence[ChangedList], n_asked: int, n_users: int, k: int, *, asks_all: bool
) -> str:
    """Whose first k differ because of the feedback.

    Args:
        changed: those whose list differs.
        n_asked: users whose lists were compared.
        n_users: users of the data.
        k: length of the lists.
        asks_all: a blocked link can change the list of everybody.
    """
    if not n_asked:
        return "No list can differ: what was said changes nothing that this run reads."
    scope = (
        f"of all {counted(n_users, 'user')}"
        if n_asked == n_users
        else f"of the {counted(n_asked, 'user')} looked at"
        if asks_all
        else f"of the {counted(n_asked, 'user')} who said something"
    )
    if not changed:
        return f"No list of the first {k} differs, {scope}."
    share = f" ({format_share(len(changed) / n_asked)})" if n_asked > 1 else ""
    verb = "differs" if len(changed) == 1 else "differ"
    lists = "list" if len(changed) == 1 else "lists"
    return (
        f"With feedback, {format_count(len(changed))} {lists} of the first {k} {verb}, "
        f"{scope}{share}."
    )


def changed_table(changed: Sequence[ChangedList], dataset: Dataset, names: Names) -> pl.DataFrame:
    """One row per user whose list differs, the largest change first."""
    rows = []
    for found in sorted(changed, key=lambda one: -len(set(one.before) ^ set(one.after))):
        new = [item for item in found.after if item not in found.before]
        gone = [item for item in found.before if item not in found.after]
        moved = sum(
            1
            for place, item in enumerate(found.after)
            if item in found.before and found.before.index(item) != place
        )
        rows.append(
            {
                "user": _user_label(dataset, dataset.users.id_of(found.user_index)),
                "new": joined([names.item(item) for item in new], N_NAMED),
                "gone": joined([names.item(item) for item in gone], N_NAMED),
                "moved": moved,
                "before": joined([names.item(item) for item in found.before], N_NAMED),
                "after": joined([names.item(item) for item in found.after], N_NAMED),
            }
        )
    return pl.DataFrame(rows, schema=DIFFERENCE_SCHEMA)


def link_ids(row: int, names: Names) -> Triple:
    """Head, relation and tail of a link."""
    head, relation, tail = (int(part) for part in names.graph.triples[row])
    entities = names.graph.entities
    return entities.id_of(head), names.graph.relations.id_of(relation), entities.id_of(tail)


def _what(record: FeedbackRecord, dataset: Dataset, names: Names) -> str:
    if record.reason_item_id:
        return f"does not count: {_item_label(dataset, record.reason_item_id)}"
    if record.triple is None:
        return _item_label(dataset, record.item_id)
    head, relation, tail = record.triple
    return (
        f"blocked link: {_entity_label(names, head)} – {relation_words(relation)} – "
        f"{_entity_label(names, tail)}"
    )


def _entity_label(names: Names, entity_id: str) -> str:
    entities = names.graph.entities
    return names.entity(entities.index_of(entity_id)) if entity_id in entities else entity_id


def _item_label(dataset: Dataset, item_id: str) -> str:
    if item_id not in dataset.items:
        return item_id
    return dataset.item_labels[dataset.items.index_of(item_id)]


def _user_label(dataset: Dataset, user_id: str) -> str:
    if user_id not in dataset.users:
        return user_id
    return option_label(user_id, dataset.user_labels[dataset.users.index_of(user_id)])
