"""The user on one side, the ranked list on the other, as tables and sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import polars as pl
from rapidfuzz import fuzz, process, utils

from kgrec_core.contracts import FloatArray, IndexArray
from kgrec_core.data.dataset import Dataset
from kgrec_core.data.interactions import NO_TIME
from kgrec_core.recommender.contract import UserEvidence
from kgrec_ui.views.lexicon import Lexicon
from kgrec_ui.views.words import counted

__all__ = ["UserView", "named", "ranked_table", "search_users", "user_view"]

N_LAST_INTERACTIONS = 8
MIN_SIMILARITY = 60
USER_COLUMNS = ("user_id", "user_label")

RANKED_SCHEMA = {
    "rank": pl.Int64,
    "item": pl.String,
    "score": pl.Float64,
    "main reason": pl.String,
    "id": pl.String,
}


@dataclass(frozen=True)
class UserView:
    """What is known about one user.

    Attributes:
        title: label, and the id when it differs.
        history: how much there is, one sentence.
        last: the latest interactions: item, weight, date ("" when unknown).
        attributes: columns of the user table that have a value, name -> text.
    """

    title: str
    history: str
    last: pl.DataFrame
    attributes: dict[str, str]


def named(label: str, id_: str) -> str:
    """A label with its id where both are needed to tell things apart."""
    return label if label == id_ or not label else f"{label} ({id_})"


def search_users(dataset: Dataset, text: str, limit: int = 50) -> list[str]:
    """Ids of users whose label or id is like `text`, best first; the first ones for no text."""
    ids = dataset.users.ids
    if not text.strip():
        return list(ids[:limit])
    names = [named(label, id_) for label, id_ in zip(dataset.user_labels, ids, strict=True)]
    found = process.extract(
        text,
        names,
        scorer=fuzz.WRatio,
        processor=utils.default_process,
        limit=limit,
        score_cutoff=MIN_SIMILARITY,
    )
    exact = [text.strip()] if text.strip() in dataset.users else []
    return exact + [ids[index] for _, _, index in found if ids[index] not in exact]


def user_view(dataset: Dataset, user_index: int, evidence: UserEvidence) -> UserView:
    """The profile of a known user; `evidence` is what the run may know about him."""
    id_ = dataset.users.id_of(user_index)
    row = dataset.user_table.row(user_index, named=True)
    attributes = {
        name.replace("_", " "): str(value)
        for name, value in row.items()
        if name not in USER_COLUMNS and value not in (None, "")
    }
    return UserView(
        named(str(row["user_label"] or id_), id_),
        _history_sentence(evidence),
        _last_interactions(dataset, evidence),
        attributes,
    )


def ranked_table(
    item_indices: IndexArray, scores: FloatArray, reasons: Sequence[str], lexicon: Lexicon
) -> pl.DataFrame:
    """The recommended items, one row each, rank from 1."""
    indices = [int(index) for index in item_indices]
    return pl.DataFrame(
        {
            "rank": list(range(1, len(indices) + 1)),
            "item": [lexicon.item(index) for index in indices],
            "score": [float(score) for score in scores],
            "main reason": list(reasons),
            "id": [lexicon.item_ids[index] for index in indices],
        },
        schema=RANKED_SCHEMA,
    )


def _history_sentence(evidence: UserEvidence) -> str:
    n = int(evidence.item_indices.size)
    if n == 0:
        return "No interaction is known; the list is what is popular."
    known = evidence.item_times[evidence.item_times != NO_TIME]
    sentence = counted(n, "interaction")
    if known.size == 0:
        return f"{sentence}, without dates."
    first, last = _date(int(known.min())), _date(int(known.max()))
    return f"{sentence}, all on {first}." if first == last else f"{sentence}, {first} to {last}."


def _last_interactions(dataset: Dataset, evidence: UserEvidence) -> pl.DataFrame:
    """Latest first; without times the order of the file, last first."""
    order = np.argsort(evidence.item_times, kind="stable")[::-1][:N_LAST_INTERACTIONS]
    labels = dataset.item_table["item_label"]
    return pl.DataFrame(
        {
            "item": [str(labels[int(evidence.item_indices[i])]) for i in order],
            "weight": [float(evidence.item_weights[i]) for i in order],
            "date": [_date(int(evidence.item_times[i])) for i in order],
        },
        schema={"item": pl.String, "weight": pl.Float64, "date": pl.String},
    )


def _date(seconds: int) -> str:
    if seconds == NO_TIME:
        return ""
    moment = datetime.fromtimestamp(seconds, UTC)
    return f"{moment.day} {moment:%b %Y}"
