"""Reading and pressing the Recommend page in tests."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

from kgrec_core.pipeline.loaded_run import LoadedRun
from kgrec_core.storage.feedback import give_feedback
from kgrec_core.storage.workspace import Workspace
from tests.ui.conftest import (
    SmallWorkspace,
)

RECOMMEND, TRAIN = "pages/4_Recommend_and_explain.py", "pages/3_Train.py"
USER = "u03"
SECTIONS = ("list", "profile", "why-not", "what-if", "heat", "compare", "feedback")


def texts(at: AppTest) -> str:
    kinds = ("title", "header", "subheader", "markdown", "caption", "error", "warning", "info")
    found = [str(element.value) for kind in kinds for element in getattr(at, kind)]
    return "\n".join(found).replace("\\", "")


def is_sound(at: AppTest) -> bool:
    return not at.exception and not at.error and "Traceback" not in texts(at)


def table_with(at: AppTest, column: str):
    return next(e.value for e in at.dataframe if column in e.value.columns)


def workspace_of(root: Path) -> Workspace:
    return Workspace(root, f"sqlite:///{root / 'kgrec.db'}")


def first(loaded: LoadedRun, n: int = 10, user: str = USER) -> list[str]:
    evidence = loaded.evidence_of(loaded.dataset.users.index_of(user))
    return [loaded.dataset.items.id_of(int(i)) for i in loaded.recommend(evidence, n).item_indices]


def press(at: AppTest, key: str) -> AppTest:
    return at.button(key=key).click().run()


def say(own: SmallWorkspace, kind: str, item: str, user: str = USER) -> None:
    workspace = workspace_of(own.root)
    give_feedback(
        workspace,
        dataset_fingerprint=own.dataset_fingerprint,
        run_id=own.fusion.run_id,
        user_id=user,
        item_id=item,
        kind=kind,
    )
    workspace.close()
