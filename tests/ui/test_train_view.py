from __future__ import annotations

import dataclasses

import numpy as np
import polars as pl

from kgrec_core.config import MODEL_NAMES, TrainSettings
from kgrec_core.data.interactions import Interactions
from kgrec_core.data.vocabulary import Vocabulary
from kgrec_core.recommender.contract import UserEvidence
from kgrec_core.recommender.fusion_settings import FusionSettings
from kgrec_core.recommender.registry import create_recommender, settings_class
from kgrec_core.rng import make_rng
from kgrec_ui.views.cost_view import cost_view
from kgrec_ui.views.model_choice import (
    MODEL_GROUPS,
    available_parts,
    has_links,
    idle_settings,
    model_caption,
    preset_label,
    readability,
)
from kgrec_ui.views.train_view import (
    THREE_PARTS,
    possible_splits,
    runs_table,
    setting_fields,
)
from tests.recommender.problems import random_problem
from tests.store_samples import bare_dataset, small_dataset
from tests.ui.record_samples import run_record


def test_the_settings_of_every_model_become_controls_with_help() -> None:
    for model in MODEL_NAMES:
        for field in setting_fields(settings_class(model)):
            assert field.help, (model, field.name)
            assert field.kind in ("switch", "whole", "number", "choice", "text")


def test_limits_of_a_setting_come_from_its_rules() -> None:
    fields = {field.name: field for field in setting_fields(settings_class("fusion"))}
    rounds = fields["n_rounds"]
    assert (rounds.kind, rounds.low, rounds.high, rounds.default) == ("whole", 0.0, 5.0, 2)


def test_splits_by_time_are_offered_only_with_times() -> None:
    without = possible_splits(small_dataset())  # one time is unknown
    assert "temporal" not in without
    assert "random" in without


def test_a_split_that_came_with_the_data_is_offered_first() -> None:
    assert possible_splits(small_dataset())[0] == "given"


def test_the_cost_counts_texts_and_words() -> None:
    view = cost_view(small_dataset(), model="fusion", uses_text=True, runs=[])
    assert view.lines[0][:2] == ("Texts to read", "3")
    assert not view.is_measured


def test_an_earlier_run_of_the_model_gives_the_time() -> None:
    view = cost_view(small_dataset(), model="fusion", uses_text=False, runs=[run_record()])
    assert view.is_measured
    assert ("Time", "about 12 s", "as long as the last such run") in view.lines


def test_the_cost_tells_missing_texts_from_texts_that_are_switched_off() -> None:
    for data, why in (
        (small_dataset(), "text is switched off"),
        (bare_dataset(), "no item of this data set has a text"),
    ):
        view = cost_view(data, model="fusion", uses_text=False, runs=[])
        assert ("Texts", "none", why) in view.lines


def test_runs_are_listed_with_accuracy_and_what_they_use() -> None:
    switched_off = TrainSettings(model_settings={"use_graph": False}, text_model="none")
    records = [
        run_record(),
        run_record(run_id="b", settings=switched_off.model_dump(mode="json"), metrics={}),
    ]
    table = runs_table(records, in_use="b", timezone=None)
    assert list(table.columns[:3]) == ["In use", "Model", "Trained"]  # what tells runs apart
    assert list(table["In use"]) == ["", "✓"]
    assert list(table["Uses"]) == ["everything", "behavior"]
    assert list(table["Model"]) == ["Fusion, accurate", "Fusion, accurate"]
    assert list(table["NDCG@20"]) == ["0.250", "–"]


def test_friends_and_attributes_are_listed_where_the_data_has_them() -> None:
    parts = ("use_collaborative", "use_social", "use_attributes")
    table = runs_table([run_record()], in_use=None, timezone=None, parts=parts)
    assert list(table["Uses"]) == ["everything"]
    table = runs_table([run_record()], in_use=None, timezone=None, parts=parts[1:])
    assert list(table["Uses"]) == ["friends + attributes"]


def test_with_many_parts_what_is_missing_is_shorter_to_say() -> None:
    parts = (*THREE_PARTS, "use_social")
    uses = {
        "everything": {},
        "all but graph": {"use_graph": False},
        "behavior + text": {"use_graph": False, "use_social": False},
    }
    records = [
        run_record(settings=TrainSettings(model_settings=switches).model_dump(mode="json"))
        for switches in uses.values()
    ]
    table = runs_table(records, in_use=None, timezone=None, parts=parts)
    assert list(table["Uses"]) == list(uses)


def test_a_run_of_another_preset_does_not_tell_the_time() -> None:
    options = {"model": "fusion", "uses_text": False, "runs": [run_record()]}
    assert cost_view(small_dataset(), **options, preset="Accurate").is_measured
    assert not cost_view(small_dataset(), **options, preset="Fast").is_measured


def test_the_fast_preset_is_guessed_to_be_faster_than_the_search() -> None:
    users, items = [f"u{n}" for n in range(5000)], [f"i{n}" for n in range(1000)]
    one = np.zeros(1, dtype=np.int64)
    data = dataclasses.replace(
        bare_dataset(),
        users=Vocabulary(users, name="user"),
        items=Vocabulary(items, name="item"),
        user_table=pl.DataFrame({"user_id": users, "user_label": users}),
        item_table=pl.DataFrame({"item_id": items, "item_label": items, "text": [""] * 1000}),
        interactions=Interactions(one, one, np.ones(1, dtype=np.float32), one, 5000, 1000),
        given_parts=None,
    )
    # 5 million pairs: 5 s + 12 s a million against 5 s + 1.5 s a million.
    for preset, words in (("Accurate", "1 to 3 minutes"), ("Fast", "under 15 s")):
        view = cost_view(data, model="fusion", uses_text=False, runs=[], preset=preset)
        assert ("Time", words) in [line[:2] for line in view.lines]
        # The program and six squares over the 1,000 items: 600 MB + 6 * 4 * 10^6 bytes.
        assert ("Memory", "about 624 MB") in [line[:2] for line in view.lines]


def test_the_time_of_a_model_that_learns_in_steps_is_not_guessed() -> None:
    view = cost_view(small_dataset(), model="kgat", uses_text=False, runs=[])
    assert ("Time", "not known yet") in [line[:2] for line in view.lines]


def test_every_model_is_in_one_group() -> None:
    offered = [model for group in MODEL_GROUPS for model in group.models]
    assert sorted(offered) == sorted(MODEL_NAMES)


def test_a_model_says_whether_its_scores_can_be_read() -> None:
    data = random_problem(3, n_users=12, n_items=10)
    for model in ("ease", "rp3beta", "als", "popularity", "fusion", "bpr-mf"):
        quick = {"max_epochs": 1} if model == "bpr-mf" else {}
        fitted = create_recommender(model, quick)
        fitted.fit(data, rng=make_rng(0))
        told = fitted.explain(UserEvidence.of_user(data.known(), 1), 2)
        kinds = {term.evidence.kind for term in told.contributions}
        assert ("profile" in kinds) == (readability(model) == "whole"), model
        assert ("Scores can be read" in model_caption(model)) == ("profile" not in kinds)


def test_settings_are_told_by_the_preset_they_agree_with() -> None:
    assert preset_label("fusion", {}) == "Accurate"
    assert preset_label("fusion", {"use_vectors": False, "n_rounds": 0}) == "Fast"
    assert preset_label("fusion", {"cold_item_cost": 0.1, "text_neighbors": 7}) == (
        "Cold-start first"
    )
    assert preset_label("fusion", {"use_vectors": "false", "n_rounds": "0"}) == "Fast"
    assert preset_label("fusion", {"n_rounds": 1}) == "Own"
    assert preset_label("fusion", {"of_another_version": 1}) == "Own"
    assert preset_label("ease", {}) == ""


def test_only_parts_that_the_data_has_can_be_switched() -> None:
    assert available_parts(small_dataset()) == (
        "use_collaborative",
        "use_graph",
        "use_text",
        "use_social",
    )


def test_without_links_and_texts_only_behavior_and_friends_can_be_used() -> None:
    data = bare_dataset()
    assert not has_links(data)
    assert available_parts(data) == ("use_collaborative", "use_social")


def test_settings_of_texts_and_links_are_idle_where_there_are_none() -> None:
    assert idle_settings(small_dataset()) == frozenset()
    expected = {"text_neighbors", "adapt_text", "use_embedding", "kg_model"}
    assert idle_settings(bare_dataset()) == expected
    assert expected <= set(FusionSettings.model_fields)
