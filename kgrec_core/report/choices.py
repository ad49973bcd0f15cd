"""What a reader may choose about a report."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["PARTS", "NewcomerChoice", "Part", "ReportChoices"]

Part = Literal["data", "accuracy", "people", "beyond", "limits"]
PARTS: dict[Part, str] = {
    "data": "Data and knowledge graph",
    "accuracy": "How good the lists are",
    "people": "Chosen users and their reasons",
    "beyond": "Newcomers, rare items, explanations, cost",
    "limits": "Fairness and limits",
}
"""Parts that can be left out; summary and "how to check this report" are always there."""


class NewcomerChoice(BaseModel):
    """Somebody who is not in the data, as ids and words.

    Attributes:
        likes: item ids.
        dislikes: item ids that are left out of the list; the model learns nothing from them.
        entities: entity ids.
        tags: names of tags.
        texts: a few words each.
        friends: ids of users.
        attributes: labels of user attributes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    likes: tuple[str, ...] = ()
    dislikes: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    friends: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()


class ReportChoices(BaseModel):
    """Users, parts and lengths; the same choices on the same results give the same bytes.

    Attributes:
        users: ids of the users shown with reasons; empty takes one per quarter of activity.
        parts: what is in the report.
        k: length of each list.
        n_drawn: how many items of each list are drawn in full.
        newcomer: somebody new who is shown too.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    users: tuple[str, ...] = Field(default=(), max_length=20)
    parts: tuple[Part, ...] = tuple(PARTS)
    k: int = Field(default=5, ge=1, le=20)
    n_drawn: int = Field(default=1, ge=0, le=5)
    newcomer: NewcomerChoice | None = None
