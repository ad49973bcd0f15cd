from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from kgrec_core.pipeline.loaded_run import LoadedRun, load_run
from kgrec_core.pipeline.newcomer_steps import Step, evidence_after, recommend_after
from kgrec_ui.views.step_answer import answer_of
from kgrec_ui.views.step_effect import step_effect
from tests.ui.conftest import SmallWorkspace
from tests.ui.lab_pages import workspace_with_users
from tests.ui.test_pages_4_to_6 import workspace_of

COMEDY, HORROR = Step("interest", "genre:Comedy"), Step("interest", "genre:Horror")


@pytest.fixture(scope="module")
def run(small_workspace: SmallWorkspace) -> LoadedRun:
    return load_run(workspace_of(small_workspace.root), small_workspace.fusion.run_id)


@pytest.fixture(scope="module")
def popular(small_workspace: SmallWorkspace) -> LoadedRun:
    return load_run(workspace_of(small_workspace.root), small_workspace.popularity.run_id)


def effect(run: LoadedRun, steps: Sequence[Step], k: int = 3) -> str:
    answers = []
    for told in (steps[:-1], steps):
        ranked = recommend_after(run, told, k)
        items = [int(item) for item in ranked.item_indices]
        explained = [run.explain(evidence_after(run, told), item) for item in items]
        answers.append(answer_of(run, items, ranked.scores.tolist(), explained))
    return step_effect(run, steps, *answers)


def last_of_list(run: LoadedRun) -> str:
    """The item that stands last in the list that everybody new gets."""
    return run.dataset.items.id_of(int(recommend_after(run, [], 20).item_indices[-1]))


def test_a_step_that_changes_the_list_is_counted(run: LoadedRun) -> None:
    assert "new" in effect(run, [COMEDY])


def test_a_dislike_of_an_item_outside_of_the_list_says_so(run: LoadedRun) -> None:
    disliked = Step("dislike", last_of_list(run))
    words = effect(run, [disliked])
    assert words.startswith("No item moved: “Title ")
    assert "was not in the list. It stays out from now on." in words
    assert "was disliked before" in effect(run, [disliked, COMEDY, disliked])


def test_what_was_said_before_says_nothing_new(run: LoadedRun) -> None:
    assert effect(run, [COMEDY, HORROR, COMEDY]) == "No item moved: this was said before."


def test_a_model_that_listens_to_nobody_is_named_as_the_reason(popular: LoadedRun) -> None:
    assert effect(popular, [COMEDY]) == "No item moved: this model does not listen to interests."


def test_an_unmoved_list_tells_what_moved_below(run: LoadedRun) -> None:
    """With one place the second interest leaves the first item first."""
    first = effect(run, [COMEDY], 1)
    assert "new" in first or "as before" in first
    scores = run.recommender.score([evidence_after(run, [COMEDY]), evidence_after(run, [COMEDY])])
    assert (scores[0] == scores[1]).all()
    words = effect(run, [Step("interest", "genre:Drama"), COMEDY, HORROR], 1)
    assert "moved" in words


def test_an_attribute_without_a_channel_is_told_as_one_that_did_not_help(tmp_path: Path) -> None:
    root, _ = workspace_with_users(tmp_path)
    loaded = load_run(workspace_of(root), workspace_of(root).runs()[0].run_id)
    modalities = {gated.channel.modality for gated in loaded.recommender.model.channels}
    words = effect(loaded, [Step("attribute", "town: North")])
    if "attributes" in modalities:
        assert "did not help" not in words
    else:
        assert words == (
            "No item moved: attributes of people did not help when this run was trained, so it "
            "ignores them."
        )


def test_no_score_is_changed_by_being_told(run: LoadedRun) -> None:
    before = run.recommender.score([evidence_after(run, [COMEDY])]).copy()
    effect(run, [COMEDY, HORROR])
    np.testing.assert_array_equal(before, run.recommender.score([evidence_after(run, [COMEDY])]))
