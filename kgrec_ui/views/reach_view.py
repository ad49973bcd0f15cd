"""What louder new items would do, in words and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from kgrec_core.pipeline.new_item_reach import Reach
from kgrec_core.recommender.fusion import FusionRecommender
from kgrec_ui.theme import format_count, format_share
from kgrec_ui.views.labels import model_name
from kgrec_ui.views.model_choice import group_of
from kgrec_ui.views.words import counted

if TYPE_CHECKING:
    from kgrec_core.pipeline.loaded_run import LoadedRun

__all__ = ["ReachView", "loudness_words", "placing_obstacle", "quiet_words", "reach_view"]

AS_TRAINED = 1.0
BEHAVIOR_GROUPS = ("simple", "factors")
"""Groups of models that know an item by who chose it, and by nothing else."""


@dataclass(frozen=True)
class ReachView:
    """All loudnesses.

    Attributes:
        sentence: how many get the item as trained, and the price of the first loudness with which
            somebody more does.
        table: new items, people who get it, their share in percent, held-out choices found, and how
            many more or fewer that is than as trained and without the item.
    """

    sentence: str
    table: pl.DataFrame


def quiet_words(run: LoadedRun) -> str:
    """What decides how loud new items are in a run, "" for models that do not choose it."""
    if not isinstance(run.recommender, FusionRecommender):
        return ""
    cost = format_share(run.recommender.settings.cold_item_cost)
    return (
        "How far new items reach is decided in training. It makes them only so loud that the lists "
        f"lose at most {cost} of their accuracy on known items (the setting “Price of showing "
        "new items” of the Train page)."
    )


def placing_obstacle(run: LoadedRun) -> str:
    """Why a run has no way to place items that nobody has chosen; "" where it has one."""
    if group_of(run.record.model).key in BEHAVIOR_GROUPS:
        return (
            f"{model_name(run.record.model)} learns from behavior alone, so it has no score for "
            "what nobody has chosen yet. A run of Fusion reads links and texts, and can place new "
            "items."
        )
    if not run.graph.triples.size and not run.text_vectors.any():
        return (
            "This run knows neither links nor texts of the items, so nothing tells what a new one "
            "is like. Import the data with a table of the items (genre, brand, description …), and "
            "train again."
        )
    return ""


def loudness_words(factor: float) -> str:
    """A loudness as it is offered: "As trained", "2 × as loud"."""
    return "As trained" if factor == AS_TRAINED else f"{factor:g} × as loud"


def reach_view(
    found: Sequence[Reach], *, n_users: int, k: int, n_untouched: int = 0, reads: bool = True
) -> ReachView:
    """The table and its words.

    Args:
        found: by rising loudness, as trained first.
        n_users: people who were asked.
        k: length of the lists.
        n_untouched: items of the catalog that nobody has chosen; they get louder, too.
        reads: the model reads texts.
    """
    table = pl.DataFrame(
        {
            "new items": [loudness_words(reach.loudness) for reach in found],
            "people who get it": [reach.n_users for reach in found],
            "of all": [100 * reach.n_users / n_users if n_users else 0.0 for reach in found],
            "held-out choices found": [reach.n_found for reach in found],
            "change": [-reach.n_lost for reach in found],
        }
    )
    return ReachView(_sentence(found, n_users, k, reads) + _others(n_untouched), table)


def _sentence(found: Sequence[Reach], n_users: int, k: int, reads: bool) -> str:
    if not n_users:
        return "No user has a history, so nobody can be asked."
    now = found[0]
    people = counted(n_users, "person", "people")
    words = f"As trained, {format_count(now.n_users)} of {people} have it in their first {k}."
    more = next((reach for reach in found[1:] if reach.n_users > now.n_users), None)
    if more is None:
        more_of = "More links or a longer text" if reads else "More links"
        return f"{words} Louder does not change that. {more_of} may."
    return (
        f"{words} {loudness_words(more.loudness)}, {format_count(more.n_users)} would; "
        f"{_price(more)}."
    )


def _price(reach: Reach) -> str:
    of = f"of the {counted(reach.n_found_before, 'held-out choice')} that the lists find"
    if reach.n_lost > 0:
        return f"{format_count(reach.n_lost)} {of} would be lost"
    return f"none {of} would be lost"


def _others(n_untouched: int) -> str:
    if not n_untouched:
        return ""
    return (
        f" The {counted(n_untouched, 'item')} of the catalog that nobody has chosen get louder "
        "with it and take places as well."
    )
