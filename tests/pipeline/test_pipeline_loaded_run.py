from __future__ import annotations

import dataclasses
import time
from pathlib import Path

import numpy as np
import pytest

from kgrec_core.config import SplitSettings, TrainSettings
from kgrec_core.data.dataset import EntityColumn
from kgrec_core.data.mapping import LinkColumn
from kgrec_core.errors import ArtifactError, ConfigError, DataError, UnknownIdError
from kgrec_core.pipeline.importing import ImportResult, import_path
from kgrec_core.pipeline.loaded_run import LoadedRun, NewItemForm, load_run
from kgrec_core.pipeline.training import train
from kgrec_core.recommender.contract import UserEvidence
from kgrec_core.storage.workspace import Workspace
from tests.store_samples import small_dataset, write_tables

RESIDUAL_LIMIT = 1e-5


def genre_of(run: LoadedRun, item_index: int) -> str:
    return str(run.dataset.item_table["genre"][item_index])


def test_evidence_of_a_user_is_exactly_what_was_fitted(fusion_run: LoadedRun) -> None:
    known = fusion_run.split.fitting()
    for user in range(fusion_run.dataset.n_users):
        expected = {
            (int(i), float(w))
            for u, i, w in zip(known.user_indices, known.item_indices, known.weights, strict=True)
            if u == user
        }
        found = fusion_run.evidence_of(user)
        pairs = zip(found.item_indices.tolist(), found.item_weights.tolist(), strict=True)
        assert set(pairs) == expected


def test_recommendations_leave_out_what_is_known_and_fall_in_score(fusion_run: LoadedRun) -> None:
    evidence = fusion_run.evidence_of(3)
    found = fusion_run.recommend(evidence, 10)
    assert found.item_indices.size == 10
    assert not set(found.item_indices.tolist()) & set(evidence.item_indices.tolist())
    assert (np.diff(found.scores) <= 0).all()


def test_more_than_the_catalog_gives_the_rest_of_the_catalog(fusion_run: LoadedRun) -> None:
    evidence = fusion_run.evidence_of(3)
    found = fusion_run.recommend(evidence, 1000)
    assert found.item_indices.size == 40 - evidence.item_indices.size


def test_a_list_of_no_length_is_refused(fusion_run: LoadedRun) -> None:
    with pytest.raises(ConfigError):
        fusion_run.recommend(fusion_run.evidence_of(3), 0)


def test_ranking_many_users_agrees_with_recommending_to_one(fusion_run: LoadedRun) -> None:
    ranked = fusion_run.rank(np.array([3, 7], dtype=np.int64), 10)
    for row, user in enumerate((3, 7)):
        alone = fusion_run.recommend(fusion_run.evidence_of(user), 10)
        np.testing.assert_array_equal(ranked[row], alone.item_indices)


def test_an_explanation_adds_up_to_the_recommended_score(fusion_run: LoadedRun) -> None:
    for user in range(0, 60, 7):
        evidence = fusion_run.evidence_of(user)
        found = fusion_run.recommend(evidence, 5)
        for item, score in zip(found.item_indices, found.scores, strict=True):
            explanation = fusion_run.explain(evidence, int(item))
            assert explanation.residual < RESIDUAL_LIMIT
            assert explanation.score == pytest.approx(float(score), rel=1e-5, abs=1e-6)


def test_paths_point_at_triples_of_the_graph_of_the_run(fusion_run: LoadedRun) -> None:
    evidence = fusion_run.evidence_of(3)
    item = int(fusion_run.recommend(evidence, 1).item_indices[0])
    explanation = fusion_run.explain(evidence, item)
    paths = [path for term in explanation.contributions for path in term.paths]
    assert paths
    for path in paths:
        assert path.entity_indices[-1] == item
        hops = zip(path.entity_indices, path.entity_indices[1:], strict=False)
        for (start, end), triple in zip(hops, path.triple_indices, strict=True):
            head, _, tail = fusion_run.graph.triples[triple]
            assert {int(head), int(tail)} == {start, end}


@pytest.mark.parametrize("item", [-1, 40])
def test_an_item_out_of_range_is_refused(fusion_run: LoadedRun, item: int) -> None:
    with pytest.raises(UnknownIdError):
        fusion_run.explain(fusion_run.evidence_of(0), item)


def test_a_newcomer_who_states_a_genre_gets_that_genre(fusion_run: LoadedRun) -> None:
    evidence = fusion_run.newcomer(entities=["genre:Horror"])
    found = fusion_run.recommend(evidence, 5)
    assert {genre_of(fusion_run, int(i)) for i in found.item_indices} == {"Horror"}
    explanation = fusion_run.explain(evidence, int(found.item_indices[0]))
    assert explanation.residual < RESIDUAL_LIMIT
    assert [term.evidence.kind for term in explanation.contributions] == ["entity"]


def test_a_newcomer_who_likes_items_gets_others_of_their_kind(fusion_run: LoadedRun) -> None:
    evidence = fusion_run.newcomer(likes=["i1", "i5", "i1"])
    assert evidence.item_indices.tolist() == [1, 5]
    found = fusion_run.recommend(evidence, 3)
    assert {genre_of(fusion_run, int(i)) for i in found.item_indices} == {"Comedy"}


def test_the_entity_of_an_item_counts_as_a_like_of_it(fusion_run: LoadedRun) -> None:
    evidence = fusion_run.newcomer(entities=["item:i4", "genre:Drama"])
    assert evidence.item_indices.tolist() == [4]
    assert evidence.entity_indices.size == 1


def test_a_stated_like_weighs_as_much_as_a_good_rating(fusion_run: LoadedRun) -> None:
    weights = fusion_run.split.fitting().weights
    share_below = float((weights < fusion_run.like_weight).mean())
    assert share_below <= 0.75
    assert float((weights <= fusion_run.like_weight).mean()) >= 0.75


def test_a_newcomer_who_says_nothing_gets_the_popular_items(fusion_run: LoadedRun) -> None:
    evidence = fusion_run.newcomer(texts=["  "])
    assert evidence.is_empty
    found = fusion_run.recommend(evidence, 1)
    counts = fusion_run.split.fitting().item_counts()
    assert counts[found.item_indices[0]] == counts.max()


@pytest.mark.parametrize(
    ("stated", "sentence"),
    [
        ({"likes": ["i1x"]}, "There is no item 'i1x'. Near ones: "),
        ({"entities": ["genre:Horor"]}, "genre:Horror"),
        ({"tags": ["funny"]}, "There is no tag 'funny'. The data has no tags."),
    ],
)
def test_an_unknown_wish_names_near_ones(
    fusion_run: LoadedRun, stated: dict[str, list[str]], sentence: str
) -> None:
    with pytest.raises(UnknownIdError, match=sentence):
        fusion_run.newcomer(**stated)


def test_words_for_a_run_without_texts_are_refused_in_a_sentence(fusion_run: LoadedRun) -> None:
    with pytest.raises(ConfigError, match="does not read texts"):
        fusion_run.newcomer(texts=["a western"])


def test_a_new_item_is_recommended_by_its_links_and_explained(fusion_run: LoadedRun) -> None:
    form = NewItemForm("A new one", "", ("genre:Western",))
    extended = fusion_run.with_new_items([form])
    new = fusion_run.dataset.n_items
    assert extended.dataset.n_items == new + 1
    assert extended.names.item(new) == "A new one"
    fans = extended.newcomer(entities=["genre:Western"])
    others = extended.newcomer(entities=["genre:Drama"])
    assert new in extended.recommend(fans, 11).item_indices
    assert extended.explain(fans, new).score > extended.explain(others, new).score
    explanation = extended.explain(extended.evidence_of(3), new)
    assert explanation.residual < RESIDUAL_LIMIT
    hops = [extended.names.hops(p) for t in explanation.contributions for p in t.paths]
    assert hops
    assert hops[0][-1].relation_id == fusion_run.graph.relations.id_of(0)


def test_new_items_move_no_score_of_an_item_that_was_there(fusion_run: LoadedRun) -> None:
    forms = [NewItemForm(f"New {place}", "", ("genre:Western",)) for place in range(5)]
    extended = fusion_run.with_new_items(forms)
    n_items = fusion_run.dataset.n_items
    drama = fusion_run.newcomer(entities=["genre:Drama"])
    again = extended.newcomer(entities=["genre:Drama"])
    before = fusion_run.recommender.score([fusion_run.evidence_of(3), drama])
    after = extended.recommender.score([extended.evidence_of(3), again])
    np.testing.assert_allclose(after[:, :n_items], before, atol=1e-6)


def test_new_items_leave_the_original_run_as_it_was(fusion_run: LoadedRun) -> None:
    before = fusion_run.recommend(fusion_run.evidence_of(3), 10)
    fusion_run.with_new_items([NewItemForm("X"), NewItemForm("Y", "", ("genre:Drama",))])
    after = fusion_run.recommend(fusion_run.evidence_of(3), 10)
    np.testing.assert_array_equal(before.scores, after.scores)
    assert fusion_run.dataset.n_items == 40


def test_old_triples_keep_their_meaning_when_items_are_added(fusion_run: LoadedRun) -> None:
    extended = fusion_run.with_new_items([NewItemForm("X"), NewItemForm("Y")])

    def as_ids(run: LoadedRun) -> set[tuple[str, str, str]]:
        ids, relations = run.graph.entities.ids, run.graph.relations.ids
        return {(ids[h], relations[r], ids[t]) for h, r, t in run.graph.triples.tolist()}

    assert as_ids(extended) == as_ids(fusion_run)
    assert extended.graph.entities.ids[40:42] == ("item:new:X", "item:new:Y")


@pytest.mark.parametrize(
    ("forms", "error"),
    [
        ([NewItemForm(" ")], ConfigError),
        ([NewItemForm("X"), NewItemForm("X")], DataError),
        ([NewItemForm("X", "", ("genre:None",))], UnknownIdError),
    ],
)
def test_a_wrong_new_item_is_refused(
    fusion_run: LoadedRun, forms: list[NewItemForm], error: type[Exception]
) -> None:
    with pytest.raises(error):
        fusion_run.with_new_items(forms)


def test_a_baseline_run_loads_and_explains_too(filled: Workspace) -> None:
    fingerprint = filled.resolve_dataset("tiny").fingerprint
    record = train(filled, fingerprint, TrainSettings(model="ease"))
    run = load_run(filled, record.run_id)
    found = run.recommend(run.evidence_of(0), 3)
    explanation = run.explain(run.evidence_of(0), int(found.item_indices[0]))
    assert explanation.residual < RESIDUAL_LIMIT
    assert run.explain(UserEvidence(), 0).contributions == ()


def test_a_loaded_run_answers_in_milliseconds(fusion_run: LoadedRun) -> None:
    fusion_run.recommend(fusion_run.evidence_of(0), 10)
    start = time.perf_counter()
    for user in range(20):
        evidence = fusion_run.evidence_of(user)
        item = int(fusion_run.recommend(evidence, 10).item_indices[0])
        fusion_run.explain(evidence, item)
    assert (time.perf_counter() - start) / 20 < 0.15


@pytest.mark.slow
def test_words_and_texts_of_new_items_are_understood(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "ws", f"sqlite:///{tmp_path / 'ws' / 'kgrec.db'}")
    fingerprint = import_path(workspace, write_tables(tmp_path / "t")).dataset.fingerprint
    run = load_run(workspace, train(workspace, fingerprint, TrainSettings()).run_id)
    assert run.text_vectors.shape[0] == 40
    evidence = run.newcomer(texts=["a horror story"])
    found = run.recommend(evidence, 5)
    kinds = [genre_of(run, int(i)) for i in found.item_indices]
    assert kinds.count("Horror") >= 4
    assert run.explain(evidence, int(found.item_indices[0])).residual < RESIDUAL_LIMIT
    extended = run.with_new_items([NewItemForm("Fear", "a horror story with a ghost")])
    fans = extended.newcomer(texts=["a horror story"])
    explanation = extended.explain(fans, 40)
    assert {term.modality for term in explanation.contributions} == {"text"}
    assert explanation.residual < RESIDUAL_LIMIT
    workspace.close()


@pytest.mark.parametrize("content", ["{}", "[]", "1"])
def test_a_run_whose_state_is_json_but_no_model_is_called_damaged(
    content: str, fresh: Workspace, imported: ImportResult
) -> None:
    settings = TrainSettings(model="ease", text_model="none")
    record = train(fresh, imported.dataset.fingerprint, settings)
    path = fresh.run_folder(record.run_id) / "state.json"
    # The same size, so that the list of files in the manifest finds no fault.
    path.write_text(content.ljust(path.stat().st_size), "utf-8")
    with pytest.raises(ArtifactError, match="Train again"):
        load_run(fresh, record.run_id)


def run_with_users(workspace: Workspace) -> LoadedRun:
    """Three users, u1 and u2 are friends, u3 is a writer; scored by popularity."""
    job = EntityColumn(
        owner="user",
        link=LinkColumn(column="job", relation="job", entity_type="job"),
        file="users.csv",
        owner_indices=np.array([2], dtype=np.int64),
        rows=np.array([4], dtype=np.int64),
        values=("writer",),
    )
    dataset = dataclasses.replace(small_dataset(), columns=(job,))
    fingerprint = workspace.save_dataset(dataset).fingerprint
    split = SplitSettings(name="none", validation_fraction=0)
    settings = TrainSettings(model="popularity", text_model="none", split=split)
    return load_run(workspace, train(workspace, fingerprint, settings).run_id)


def test_a_newcomer_may_know_users_and_state_attributes(fresh: Workspace) -> None:
    run = run_with_users(fresh)
    evidence = run.newcomer(friends=["u3", "u1", "u3"], attributes=["job: writer"])
    assert evidence.friend_indices.tolist() == [2, 0]
    assert evidence.attribute_indices.tolist() == [0]


def test_unknown_friends_and_attributes_are_named_with_near_ones(fresh: Workspace) -> None:
    run = run_with_users(fresh)
    with pytest.raises(UnknownIdError, match="u9"):
        run.newcomer(friends=["u9"])
    with pytest.raises(UnknownIdError, match=r"'writer'.* Near ones: job: writer"):
        run.newcomer(attributes=["writer"])
