"""The user on one side, the ranked list on the other, as tables and sentences."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import polars as pl

from kgrec_core.contracts import FloatArray, IndexArray
from kgrec_core.data.dataset import Dataset
from kgrec_core.data.interactions import NO_TIME
from kgrec_core.explanation.names import Names
from kgrec_core.recommender.contract import UserEvidence
from kgrec_ui.views.search_view import option_label
from kgrec_ui.views.words import counted

__all__ = ["UserView", "ranked_table", "score_decimals", "user_view"]

N_LAST_INTERACTIONS = 8
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
        title: label and id; without a label "User" and the id, which may be a bare number.
        history: how much there is, one sentence.
        last: the latest interactions: item, weight, date ("" when unknown).
        attributes: columns of the user table that have a value, name -> text.
    """

    title: str
    history: str
    last: pl.DataFrame
    attributes: dict[str, str]


def user_view(dataset: Dataset, user_index: int, evidence: UserEvidence) -> UserView:
    """The profile of a known user; `evidence` is what the run may know about him."""
    id_ = dataset.users.id_of(user_index)
    row = dataset.user_table.row(user_index, named=True)
    attributes = {
        name.replace("_", " "): str(value)
        for name, value in row.items()
        if name not in USER_COLUMNS and value not in (None, "")
    }
    label = str(row["user_label"] or "")
    return UserView(
        f"User {id_}" if label in ("", id_) else option_label(id_, label),
        _history_sentence(evidence),
        _last_interactions(dataset, evidence),
        attributes,
    )


def ranked_table(
    item_indices: IndexArray, scores: FloatArray, reasons: Sequence[str], names: Names
) -> pl.DataFrame:
    """The recommended items, one row each, rank from 1."""
    indices = [int(index) for index in item_indices]
    return pl.DataFrame(
        {
            "rank": list(range(1, len(indices) + 1)),
            "item": [names.item(index) for index in indices],
            "score": [float(score) for score in scores],
            "main reason": list(reasons),
            "id": [names.item_ids[index] for index in indices],
        },
        schema=RANKED_SCHEMA,
    )


def score_decimals(scores: Sequence[float]) -> int:
    """Decimals that show three digits of the largest score, at most 6."""
    largest = max((abs(score) for score in scores if math.isfinite(score)), default=0.0)
    if not largest:
        return 1
    return min(6, max(0, 2 - math.floor(math.log10(largest))))


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
