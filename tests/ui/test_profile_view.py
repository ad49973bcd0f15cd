from __future__ import annotations

from kgrec_core.data.interactions import NO_TIME
from kgrec_ui.views.profile_view import profile_view
from tests.store_samples import bare_dataset, small_dataset


def test_the_profile_counts_users_by_doubling_classes() -> None:
    view = profile_view(small_dataset())  # u1 has two interactions, u2 and u3 one each
    assert dict(zip(view.per_user.labels, view.per_user.counts, strict=True)) == {
        "0": 0,
        "1": 2,
        "2–3": 1,
    }


def test_the_profile_names_cold_items() -> None:
    view = profile_view(small_dataset())  # item c was never chosen
    assert "1 has none (cold start)" in view.per_item.sentence


def test_the_profile_says_what_new_items_live_on() -> None:
    assert "texts and links" in profile_view(small_dataset()).coverage_sentence
    assert "cannot be told from any other" in profile_view(bare_dataset()).coverage_sentence


def test_the_long_tail_starts_at_nothing_and_ends_with_everything() -> None:
    curve = profile_view(small_dataset()).long_tail
    assert curve is not None
    assert (curve.y_percent[0], curve.y_percent[-1]) == (0.0, 100.0)
    assert list(curve.y_percent) == sorted(curve.y_percent)


def test_the_long_tail_sentence_is_the_share_of_the_top_fifth() -> None:
    # Four items, counts 2, 1, 1, 0: the top 20 % is 0.8 items, which hold 0.8 * 2 of 4.
    curve = profile_view(small_dataset()).long_tail
    assert curve is not None
    assert "hold 40 %" in curve.sentence


def test_shares_of_items_are_told_per_kind_of_knowledge() -> None:
    coverage = {name: share for name, share, _ in profile_view(small_dataset()).coverage}
    assert coverage["With text"] == 0.75
    assert coverage["With tags"] == 0.25
    assert coverage["With interactions"] == 0.75
    # a, b and d by the genre column, c by the uploaded linking
    assert coverage["With links"] == 1.0


def test_different_weights_are_charted() -> None:
    bars = profile_view(small_dataset(extra_weight=2.0)).weights
    assert bars is not None
    assert dict(zip(bars.labels, bars.counts, strict=True)) == {"1": 1, "2": 1, "3.5": 1, "5": 1}


def test_every_bar_chart_has_its_table_twin() -> None:
    bars = profile_view(small_dataset()).per_user
    assert list(bars.table()["Users"]) == list(bars.counts)


def test_times_that_are_known_are_charted_although_others_are_not() -> None:
    dataset = small_dataset()
    assert (dataset.interactions.times == NO_TIME).sum() == 1
    assert profile_view(dataset).over_time is not None
