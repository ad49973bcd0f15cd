"""Cached answers about changes: why not, what if, what would change it, what feedback changed."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import streamlit as st

from kgrec_ui import caching, caching_recommend

if TYPE_CHECKING:
    from kgrec_core.config import CountedFeedback
    from kgrec_core.explanation.counterfactual import Counterfactual, Mode, NoCounterfactual
    from kgrec_core.explanation.what_if import Change, ItemEffect, WhatIf
    from kgrec_core.pipeline.adapted import ChangedList
    from kgrec_ui.caching_recommend import Asked
    from kgrec_ui.views.feedback_view import WrongReason
    from kgrec_ui.views.why_not_view import DifferenceView

__all__ = ["changed", "counterfactual", "effect", "what_if", "why_not", "wrong_reasons"]

MAX_REASONS = 150
"""Links, and as many past choices, that are offered; longer lists make each click slow."""
MAX_COMPARED_USERS = 5000
"""Lists of more users are not compared in one go; the page says so."""


@st.cache_data(max_entries=64, show_spinner="Comparing two sums …")
def _why_not(root: str, asked: Asked, item_index: int, against_index: int) -> DifferenceView:
    from kgrec_core.explanation.why_not import why_not as compared
    from kgrec_ui.views.why_not_view import difference_view

    user = caching_recommend.adapted(asked)
    found = compared(
        user.recommender_about(item_index, against_index),
        user.evidence,
        item_index,
        against_index,
        user.run.names,
    )
    return difference_view(found, user.run.names)


def why_not(asked: Asked, item_index: int, against_index: int) -> DifferenceView:
    """What tells the scores of two items apart."""
    return _why_not(_root(), asked, item_index, against_index)


@st.cache_resource(max_entries=8, show_spinner="Ranking again …")
def _what_if(root: str, asked: Asked, change: Change, k: int) -> WhatIf:
    return caching_recommend.adapted(asked).what_if(change, k)


def what_if(asked: Asked, change: Change, k: int) -> WhatIf:
    """Lists before and after a change; shared, only to be read."""
    return _what_if(_root(), asked, change, k)


def effect(asked: Asked, change: Change, k: int, item_index: int) -> ItemEffect:
    """What a change does to one score; ranks are those of the lists of `what_if`."""
    from kgrec_core.explanation.what_if import item_effect

    answer = what_if(asked, change, k)
    found = item_effect(caching_recommend.adapted(asked).run.recommender, answer, item_index)
    return dataclasses.replace(
        found,
        rank_before=answer.before.rank(item_index),
        rank_after=answer.after.rank(item_index),
    )


@st.cache_data(max_entries=64, show_spinner="Looking for the smallest change …")
def _counterfactual(
    root: str, asked: Asked, item_index: int, k: int, mode: Mode
) -> Counterfactual | NoCounterfactual:
    from kgrec_core.explanation.counterfactual import counterfactual as searched

    user = caching_recommend.adapted(asked)
    return searched(user.recommender_about(item_index), user.evidence, item_index, k, mode=mode)


def counterfactual(
    asked: Asked, item_index: int, k: int, mode: Mode
) -> Counterfactual | NoCounterfactual:
    """The smallest set of choices or links without which an item leaves the list."""
    return _counterfactual(_root(), asked, item_index, k, mode)


@st.cache_data(max_entries=4, show_spinner="Making the lists without feedback …")
def _plain(root: str, run_id: str, k: int) -> dict[int, tuple[int, ...]]:
    from kgrec_core.pipeline.adapted import plain_lists

    return plain_lists(caching.loaded_run(run_id), k, max_users=MAX_COMPARED_USERS)


@st.cache_data(max_entries=16, show_spinner="Comparing lists with and without feedback …")
def _changed(
    root: str, run_id: str, said: CountedFeedback, k: int
) -> tuple[list[ChangedList], int]:
    from kgrec_core.pipeline.adapted import changed_lists

    # A blocked link asks everybody; whoever says more does not have to wait for all lists again.
    plain = _plain(root, run_id, k) if said.blocked else None
    run = caching.loaded_run(run_id)
    return changed_lists(run, said, k, max_users=MAX_COMPARED_USERS, plain=plain)


def changed(run_id: str, said: CountedFeedback, k: int) -> tuple[list[ChangedList], int]:
    """Users whose list differs because of feedback, and how many were looked at."""
    return _changed(_root(), run_id, said, k)


@st.cache_data(max_entries=256, show_spinner=False)
def _wrong_reasons(root: str, asked: Asked, item_index: int) -> tuple[list[WrongReason], int]:
    from kgrec_ui.views.feedback_view import wrong_reasons as offered

    names = caching.loaded_run(asked.run_id).names
    found = offered(caching_recommend.explained(asked, item_index), names)
    strongest = [
        reason
        for is_link in (True, False)
        for reason in [one for one in found if (one.triple is not None) == is_link][:MAX_REASONS]
    ]
    return strongest, len(found)


def wrong_reasons(asked: Asked, item_index: int) -> tuple[list[WrongReason], int]:
    """What can be called wrong about one item: the strongest, and how many there are in all."""
    return _wrong_reasons(_root(), asked, item_index)


def _root() -> str:
    return str(caching.workspace_root())
