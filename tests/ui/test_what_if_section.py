from __future__ import annotations

import pytest

from kgrec_core.pipeline.adapted import Adjustment, adapt
from kgrec_core.pipeline.loaded_run import LoadedRun
from kgrec_ui.state import Widget
from tests.ui.conftest import (
    OpenPage,
    SmallWorkspace,
)
from tests.ui.recommend_pages import (
    RECOMMEND,
    USER,
    first,
    is_sound,
    press,
    table_with,
    texts,
)


def test_a_choice_taken_out_ranks_the_list_again_and_can_be_undone(
    open_page: OpenPage, small_workspace: SmallWorkspace, loaded: LoadedRun
) -> None:
    at = open_page(small_workspace.root, RECOMMEND, user=USER, part="what-if", k="5")
    dropped = at.selectbox(key=Widget.WHAT_IF.of("which", "drop", USER)).value
    press(at, Widget.WHAT_IF.of("add"))
    assert is_sound(at)
    user = adapt(loaded, loaded.dataset.users.index_of(USER), Adjustment(removed=dropped.ids))
    shown = table_with(at, "rank before")
    expected = [loaded.dataset.items.id_of(int(i)) for i in user.ranked(5).item_indices]
    assert shown["id"].tolist() == expected
    assert "score" in texts(at)
    press(at, Widget.WHAT_IF.of("undo"))
    assert table_with(at, "rank before")["id"].tolist() == first(loaded, 5)
    assert set(table_with(at, "rank before")["move"]) == {"="}


@pytest.mark.parametrize("kind", ["like", "modality", "relation", "link"])
def test_every_kind_of_step_can_be_tried_and_reset(
    open_page: OpenPage, small_workspace: SmallWorkspace, loaded: LoadedRun, kind: str
) -> None:
    at = open_page(small_workspace.root, RECOMMEND, user=USER, part="what-if", k="5")
    at.selectbox(key=Widget.WHAT_IF.of("kind")).select(kind).run()
    press(at, Widget.WHAT_IF.of("add"))
    assert is_sound(at)
    assert "The list as it is" not in texts(at)
    assert at.button(key=Widget.WHAT_IF.of("remove", 0)).label
    press(at, Widget.WHAT_IF.of("reset"))
    assert table_with(at, "rank before")["id"].tolist() == first(loaded, 5)


def test_what_would_change_it_is_verified_and_can_be_tried(
    open_page: OpenPage, small_workspace: SmallWorkspace, loaded: LoadedRun
) -> None:
    item = first(loaded, 3)[2]
    at = open_page(small_workspace.root, RECOMMEND, user=USER, part="what-if", k="3", item=item)
    assert "would leave the first 3" in texts(at)
    assert "By scoring everything again" in texts(at)
    press(at, Widget.CHANGE_UNITS.of("try"))
    assert is_sound(at)
    assert item not in table_with(at, "rank before")["id"].tolist()


def test_links_can_be_what_would_change_it(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, RECOMMEND, user=USER, part="what-if", k="3")
    at.segmented_control(key=Widget.CHANGE_UNITS).set_value("Links of the item").run()
    assert is_sound(at)


def test_an_answer_that_is_tried_says_what_it_replaced_and_gives_it_back(
    open_page: OpenPage, small_workspace: SmallWorkspace, loaded: LoadedRun
) -> None:
    item = first(loaded, 3)[2]
    at = open_page(small_workspace.root, RECOMMEND, user=USER, part="what-if", k="3", item=item)
    press(at, Widget.WHAT_IF.of("add"))
    own = at.button(key=Widget.WHAT_IF.of("remove", 0)).label
    press(at, Widget.CHANGE_UNITS.of("try"))
    assert "Your 1 own step was replaced" in texts(at)
    assert own.replace("\\", "") in texts(at)
    press(at, Widget.WHAT_IF.of("put_back"))
    assert is_sound(at)
    assert at.button(key=Widget.WHAT_IF.of("remove", 0)).label == own
    assert "was replaced" not in texts(at)


def test_a_group_of_steps_is_taken_back_at_once(
    open_page: OpenPage, small_workspace: SmallWorkspace, loaded: LoadedRun
) -> None:
    at = open_page(small_workspace.root, RECOMMEND, user=USER, part="what-if", k="5")
    for _ in range(2):
        press(at, Widget.WHAT_IF.of("add"))
    assert "Choices taken out (2)" in texts(at).replace("*", "")
    press(at, Widget.WHAT_IF.of("remove_all", "Choices taken out"))
    assert table_with(at, "rank before")["id"].tolist() == first(loaded, 5)
