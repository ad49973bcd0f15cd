"""What the tests of the pages read from them, and a job as if it had been started."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from kgrec_core.storage.tables import JobRow
from kgrec_core.storage.workspace import Workspace
from kgrec_ui.state import Widget

DATA, GRAPH, TRAIN = "pages/1_Data.py", "pages/2_Knowledge_graph.py", "pages/3_Train.py"


def texts(at: AppTest) -> str:
    """All sentences on the page."""
    kinds = ("title", "header", "subheader", "markdown", "caption", "error", "warning", "info")
    return "\n".join(str(element.value) for kind in kinds for element in getattr(at, kind))


def is_sound(at: AppTest) -> bool:
    """No exception box, and no traceback in words."""
    return not at.exception and "Traceback" not in texts(at)


def button(at: AppTest, label: str) -> Button:
    """The button with this label."""
    return next(b for b in at.button if b.label == label)


def choose_model(at: AppTest, group: str, model: str) -> None:
    """Choose the kind of model, then the model."""
    at.segmented_control(key=Widget.TRAIN_GROUP).set_value(group).run()
    at.radio(key=Widget.TRAIN_MODEL.of(group)).set_value(model).run()


def put_job(root: Path, **changes: object) -> None:
    """A job in the database of the workspace, as if it had been started."""
    workspace = Workspace(root, f"sqlite:///{root / 'kgrec.db'}")
    values = {"job_id": "j1", "kind": "train", "payload": {}, "created_at": 0.0, **changes}
    with workspace.database.writing() as session:
        session.add(JobRow(**values))
    workspace.close()
