"""What the tests of the Cold start page share: clicks, the address, and workspaces."""

from __future__ import annotations

import json
from pathlib import Path

from streamlit.testing.v1 import AppTest

from kgrec_core.config import TrainSettings
from kgrec_core.pipeline.importing import import_path
from kgrec_core.pipeline.newcomer_steps import Step, decode_steps, steps_to_json
from kgrec_core.pipeline.training import train
from kgrec_core.storage.scenarios import ScenarioRecord, save_scenario
from kgrec_core.storage.workspace import Workspace
from kgrec_ui.state import Widget
from tests.ui.conftest import SmallWorkspace, write_small_tables
from tests.ui.test_pages_4_to_6 import workspace_of

COLD = "pages/5_Cold_start.py"
STEPS = (Step("like", "i00"), Step("interest", "genre:Comedy"), Step("dislike", "i04"))


def say(at: AppTest, data: str, kind: str, option: str) -> AppTest:
    """Choose a kind and a thing, as a visitor does."""
    at.button_group(key=Widget.COLD_SAY).set_value(kind).run()
    return at.selectbox(key=Widget.COLD_SAY.of(data, kind)).select(option).run()


def press(at: AppTest, key: str) -> AppTest:
    return at.button(key=key).click().run()


def steps_in_address(at: AppTest) -> tuple[Step, ...]:
    code = at.query_params.get("newcomer", "")
    return decode_steps(code[0] if isinstance(code, list) else code)


def param(at: AppTest, name: str) -> str | None:
    value = at.query_params.get(name)
    return value[0] if isinstance(value, list) else value


def save(small: SmallWorkspace, name: str = "Comedies", **content: object) -> ScenarioRecord:
    workspace = workspace_of(small.root)
    record = save_scenario(
        workspace,
        name,
        {"steps": steps_to_json(STEPS), "k": 6, **content},
        dataset_fingerprint=small.dataset_fingerprint,
        run_id=small.fusion.run_id,
    )
    workspace.close()
    return record


def slide(at: AppTest) -> str:
    return "".join(element.proto.body for element in at.get("html"))


def workspace_with_users(folder: Path) -> tuple[Path, str]:
    """The small shop whose users have a town and friends of the same taste; root and data."""
    tables = write_small_tables(folder / "tables")
    users = ["user_id,name,town"]
    links = ["user_id,friend_id"]
    for u in range(30):
        users.append(f"u{u:02},Name {u},{('North', 'South')[u % 2]}")
        links.append(f"u{u:02},u{(u + 4) % 30:02}")
    (tables / "users.csv").write_text("\n".join(users) + "\n", "utf-8")
    (tables / "friends.csv").write_text("\n".join(links) + "\n", "utf-8")
    met = {"user": "user_id", "item": "item_id", "weight": "rating", "time": "timestamp"}
    town = {"column": "town", "relation": "lives_in", "entity_type": "town"}
    mapping = {
        "name": "Small shop",
        "tables": [
            {"file": "ratings.csv", "role": "interactions", "columns": met},
            {
                "file": "items.csv",
                "role": "items",
                "columns": {"item": "item_id", "label": "title"},
            },
            {
                "file": "users.csv",
                "role": "users",
                "columns": {"user": "user_id", "label": "name"},
                "links": [town],
            },
            {
                "file": "friends.csv",
                "role": "social",
                "columns": {"user": "user_id", "friend": "friend_id"},
            },
        ],
    }
    (tables / "mapping.json").write_text(json.dumps(mapping), "utf-8")
    workspace = Workspace(folder / "ws", f"sqlite:///{folder / 'ws' / 'kgrec.db'}")
    fingerprint = import_path(workspace, tables, name="Small shop").dataset.fingerprint
    settings = TrainSettings(text_model="none", model_settings={"n_rounds": 0})
    workspace.set_active_run(train(workspace, fingerprint, settings).run_id)
    workspace.close()
    return folder / "ws", fingerprint
