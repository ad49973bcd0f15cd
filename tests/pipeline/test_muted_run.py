"""A loaded run with parts muted, and a run that is asked what if."""

from __future__ import annotations

import numpy as np
import pytest

from kgrec_core.errors import ConfigError, UnknownIdError
from kgrec_core.explanation.what_if import Change
from kgrec_core.pipeline.loaded_run import LoadedRun, NewItemForm
from kgrec_core.recommender.contract import EvidenceUnit
from kgrec_core.recommender.muting import Muted

NO_GRAPH = Muted(frozenset({"graph"}))


def test_a_muted_run_recommends_without_the_muted_view(fusion_run: LoadedRun) -> None:
    user = fusion_run.evidence_of(0)
    best = int(fusion_run.recommend(user, 1).item_indices[0])
    whole = fusion_run.explain(user, best)
    muted = fusion_run.muted(NO_GRAPH).explain(user, best)
    lost = sum(term.value for term in whole.contributions if term.modality == "graph")
    assert lost > 0
    assert muted.score == pytest.approx(whole.score - lost, abs=1e-6)
    assert all(term.modality != "graph" for term in muted.contributions)
    assert muted.residual <= 1e-5


def test_muting_nothing_is_the_same_run(fusion_run: LoadedRun) -> None:
    assert fusion_run.muted(Muted()) is fusion_run


def test_a_run_lists_the_relations_that_its_paths_travel_along(fusion_run: LoadedRun) -> None:
    found = fusion_run.links_by_relation()
    assert found["has_genre"] == fusion_run.dataset.n_items
    silent = fusion_run.muted(Muted(relations=frozenset({"has_genre"})))
    assert "has_genre" not in silent.links_by_relation()
    assert fusion_run.muted(NO_GRAPH).links_by_relation() == {}


def test_an_unknown_relation_is_named(fusion_run: LoadedRun) -> None:
    with pytest.raises(UnknownIdError, match="has_gender"):
        fusion_run.muted(Muted(relations=frozenset({"has_gender"})))


def test_new_items_come_first_and_muting_afterwards(fusion_run: LoadedRun) -> None:
    form = NewItemForm("A new ghost story", entity_ids=("genre:Horror",))
    with pytest.raises(ConfigError, match="mute parts of it afterwards"):
        fusion_run.muted(NO_GRAPH).with_new_items([form])
    longer = fusion_run.with_new_items([form])
    new_item = longer.dataset.n_items - 1
    user = longer.newcomer(entities=["genre:Horror"])
    before = longer.explain(user, new_item)
    after = longer.muted(NO_GRAPH).explain(user, new_item)
    assert {term.modality for term in before.contributions} == {"graph"}
    assert (after.contributions, after.score) == ((), pytest.approx(after.bias))


def test_a_run_is_asked_what_if(fusion_run: LoadedRun) -> None:
    user = fusion_run.evidence_of(0)
    dropped = EvidenceUnit("item", int(user.item_indices[0]))
    found = fusion_run.what_if(user, Change(dropped=(dropped,), muted=NO_GRAPH), 5)
    expected = fusion_run.muted(NO_GRAPH).recommender.score([found.user_after])[0]
    np.testing.assert_allclose(found.after.scores, expected)
    assert dropped.index not in found.after.item_indices
    assert found.after.item_indices.size == 5


def test_words_need_a_run_that_reads_texts(fusion_run: LoadedRun) -> None:
    with pytest.raises(ConfigError, match="does not read texts"):
        fusion_run.what_if(fusion_run.evidence_of(0), Change(words=("ghosts",)), 5)
