from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgrec_core import saved_settings
from kgrec_core.config import SplitSettings, TrainSettings
from kgrec_core.errors import ArtifactError
from kgrec_core.saved_settings import (
    MIGRATIONS,
    SETTINGS_VERSION,
    VERSION_KEY,
    default,
    drop,
    present,
    present_where_possible,
    read_settings,
    rename,
    stamped,
)

WRITTEN_BEFORE_VERSIONS = {
    "model": "fusion",
    "model_settings": {"use_kg_vectors": True, "kg_model": "distmult"},
    "split": {"name": "random", "test_fraction": 0.2, "validation_fraction": 0.1, "seed": 3},
    "text_model": "minilm",
    "seed": 4,
}
"""The settings of a run as they were saved before `use_kg_vectors` became `use_embedding`."""

OF_TODAY = TrainSettings(
    model="fusion",
    model_settings={"use_embedding": True, "kg_model": "distmult"},
    split=SplitSettings(seed=3),
    seed=4,
)

names = st.sampled_from(["model", "model_settings", "settings", "trials", "cells", "x", "{model}"])
scalars = st.none() | st.integers() | st.text(max_size=3)
small = st.dictionaries(names, scalars, max_size=2)
documents = st.dictionaries(names, scalars | small | st.lists(small, max_size=2), max_size=4)
outdated = st.dictionaries(st.just("use_kg_vectors"), scalars) | documents
kinds = st.sampled_from([*saved_settings.PARTS, "model fusion", "nothing known"])


@pytest.fixture
def three_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program at version 3: a -> b, then a default of c is 1 no more, then b is gone."""
    steps = {
        0: {"model ease": (rename("a", "b"),)},
        1: {
            "model ease": (default("c", 1),),
            "train": (rename("old_seed", "seed"),),
            "link column": (rename("split_at", "separator"),),
        },
        2: {"model ease": (drop("b"),)},
    }
    monkeypatch.setattr(saved_settings, "MIGRATIONS", steps)
    monkeypatch.setattr(saved_settings, "SETTINGS_VERSION", 3)


def read(document: Any) -> TrainSettings:
    return read_settings(TrainSettings, "train", document, "the run r1")


def test_settings_of_today_come_back_as_they_were() -> None:
    assert read(stamped(OF_TODAY.model_dump(mode="json"))) == OF_TODAY


def test_settings_from_before_versions_come_back_under_the_names_of_today() -> None:
    assert read(WRITTEN_BEFORE_VERSIONS) == OF_TODAY


def test_the_document_that_is_read_stays_as_it_is() -> None:
    before = copy.deepcopy(WRITTEN_BEFORE_VERSIONS)
    read(WRITTEN_BEFORE_VERSIONS)
    assert before == WRITTEN_BEFORE_VERSIONS


def test_a_name_of_an_older_version_is_unknown_in_a_document_of_today() -> None:
    found = present("model fusion", stamped({"use_kg_vectors": True}), "the run r1")
    assert found == stamped({"use_kg_vectors": True})


def test_an_unknown_setting_is_named_with_its_value_and_the_way_out() -> None:
    with pytest.raises(ArtifactError) as caught:
        read({"model": "ease", "sead": 7})
    told = str(caught.value)
    assert "settings of the run r1" in told
    assert "no setting 'sead' in 'TrainSettings' (got 7)" in told
    assert "It has: model, model_settings, split, text_model, seed, feedback." in told
    assert "Use the version of kgrec that saved them, or make it again." in told


def test_a_value_that_breaks_its_rule_is_named() -> None:
    with pytest.raises(ArtifactError, match=r"'seed' in 'TrainSettings': .* \(got -1\)"):
        read({"seed": -1})


def test_a_document_of_a_later_version_says_to_update() -> None:
    later = {**OF_TODAY.model_dump(mode="json"), VERSION_KEY: SETTINGS_VERSION + 1}
    with pytest.raises(ArtifactError, match=r"the run r1 are of version 2.*Update kgrec"):
        read(later)


@pytest.mark.parametrize("version", [-1, "1", 1.5, None, True])
def test_a_version_that_is_none_is_refused(version: Any) -> None:
    with pytest.raises(ArtifactError, match="must be a whole number from 0 to 1"):
        read({VERSION_KEY: version})


@pytest.mark.parametrize("document", [None, [], "text", 3])
def test_settings_that_are_no_object_are_refused(document: Any) -> None:
    with pytest.raises(ArtifactError, match="must be a JSON object"):
        read(document)


def test_lists_show_a_document_of_a_later_version_as_it_is() -> None:
    later = {VERSION_KEY: 99, "new": 1}
    assert present_where_possible("train", later) is later


@pytest.mark.usefixtures("three_steps")
@pytest.mark.parametrize(
    ("version", "given", "expected"),
    [
        (0, {"a": 5}, {"c": 1}),
        (1, {"a": 5, "b": 6}, {"a": 5, "c": 1}),
        (2, {"a": 5, "b": 6}, {"a": 5}),
        (3, {"a": 5, "b": 6}, {"a": 5, "b": 6}),
        (0, {"c": 9}, {"c": 9}),
    ],
)
def test_only_the_steps_since_the_version_of_a_document_are_taken(
    version: int, given: dict[str, int], expected: dict[str, int]
) -> None:
    document = {"model": "ease", "model_settings": given, VERSION_KEY: version}
    assert present("train", document, "it")["model_settings"] == expected


@pytest.mark.usefixtures("three_steps")
def test_settings_of_other_models_are_left_alone() -> None:
    document = {"model": "als", "model_settings": {"a": 5}}
    assert present("train", document, "it")["model_settings"] == {"a": 5}


@pytest.mark.usefixtures("three_steps")
def test_the_outer_document_is_changed_too() -> None:
    assert present("job train", {"settings": {"old_seed": 2}}, "it")["settings"] == {"seed": 2}


@pytest.mark.usefixtures("three_steps")
def test_links_of_a_mapping_in_a_job_are_found() -> None:
    def asked(name: str) -> dict[str, Any]:
        return {"mapping": {"tables": [{"links": []}, {"links": [{name: "|"}]}]}}

    assert (
        present("job import", asked("split_at"), "it")["mapping"] == asked("separator")["mapping"]
    )
    assert present("job import", {"mapping": None}, "it")["mapping"] is None


OLD, NEW = {"use_kg_vectors": True}, {"use_embedding": True}


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("fitted", {"model": "fusion", "settings": OLD}, {"model": "fusion", "settings": NEW}),
        ("job tune", {"settings": {"model_settings": OLD}}, {"settings": {"model_settings": NEW}}),
        (
            "search",
            {"model": "fusion", "settings": OLD, "trials": [{"settings": OLD}, {"settings": {}}]},
            {"model": "fusion", "settings": NEW, "trials": [{"settings": NEW}, {"settings": {}}]},
        ),
        (
            "job benchmark",
            {"settings": {"model_settings": {"fusion": OLD, "ease": OLD}}},
            {"settings": {"model_settings": {"fusion": NEW, "ease": OLD}}},
        ),
        (
            "benchmark report",
            {"cells": [{"model": "fusion", "settings": OLD}, {"model": "ease", "settings": OLD}]},
            {"cells": [{"model": "fusion", "settings": NEW}, {"model": "ease", "settings": OLD}]},
        ),
    ],
)
def test_settings_of_a_model_are_found_wherever_they_are_kept(
    kind: str, old: dict[str, Any], new: dict[str, Any]
) -> None:
    assert present(kind, old, "it") == stamped(new)


def test_where_both_names_stand_the_new_one_counts() -> None:
    assert rename("a", "b")({"a": 1, "b": 2}) == {"b": 2}
    assert rename("a", "b")({"b": 2, "a": 1}) == {"b": 2}


def test_every_version_before_this_one_has_its_step() -> None:
    assert sorted(MIGRATIONS) == list(range(SETTINGS_VERSION))


@settings(max_examples=50)
@given(kind=kinds, document=outdated)
def test_whatever_was_saved_reading_it_twice_changes_nothing_more(
    kind: str, document: dict[str, Any]
) -> None:
    once = present(kind, document, "it")
    assert once[VERSION_KEY] == SETTINGS_VERSION
    assert present(kind, once, "it") == once


@settings(max_examples=50)
@given(kind=kinds, document=documents)
def test_nothing_that_no_step_speaks_about_is_lost(kind: str, document: dict[str, Any]) -> None:
    assert present(kind, document, "it") == stamped(document)
