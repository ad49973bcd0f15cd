from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from kgrec_core.cli.output import text_of
from kgrec_core.storage.feedback import give_feedback
from kgrec_core.storage.workspace import Workspace
from tests.cli.conftest import Kgrec

pytestmark = pytest.mark.usefixtures("ready")

COUNTS = {"users", "items", "interactions", "entities", "relations", "triples"}


def run_id(kgrec: Kgrec) -> str:
    return str(kgrec("runs", "--json").json()[-1]["run"])


def test_import_prints_its_contract(kgrec: Kgrec, tables: Path, tmp_path: Path) -> None:
    folder = tmp_path / "messy"
    folder.mkdir()
    for path in tables.iterdir():
        (folder / path.name).write_text(path.read_text())
    with (folder / "interactions.csv").open("a") as file:
        file.write("u1,,4,5\n")
    workspace = ("--workspace", str(tmp_path / "ws"))
    result = kgrec("import", str(folder), *workspace, "--json").json()
    assert result["dataset"] == "messy"
    assert set(result["counts"]) >= COUNTS
    assert {"file", "line", "column", "reason", "count", "example"} == set(result["problems"][0])
    assert result["problems"][0]["line"] == 542
    listed = kgrec("datasets", *workspace, "--json").json()
    assert [row["fingerprint"] for row in listed] == [result["fingerprint"]]


def test_import_takes_a_mapping_file(kgrec: Kgrec, tables: Path, tmp_path: Path) -> None:
    mapping = {
        "name": "mapped",
        "tables": [
            {
                "file": "interactions.csv",
                "role": "interactions",
                "columns": {"user": "user_id", "item": "item_id"},
            }
        ],
    }
    path = tmp_path / "mapping.json"
    path.write_text(json.dumps(mapping))
    arguments = ("--mapping", str(path), "--workspace", str(tmp_path / "ws"), "--json")
    result = kgrec("import", str(tables), *arguments).json()
    assert result["dataset"] == "mapped"
    assert result["counts"]["triples"] == 0


def test_the_guessed_mapping_can_be_printed_and_given_back(
    kgrec: Kgrec, tables: Path, tmp_path: Path
) -> None:
    root = tmp_path / "ws"
    guess = kgrec("import", str(tables), "--show-mapping", "--workspace", str(root)).json()
    assert {table["role"] for table in guess["tables"]} >= {"interactions", "items"}
    assert not root.exists()
    path = tmp_path / "mapping.json"
    path.write_text(json.dumps(guess))
    given = kgrec("import", str(tables), "--mapping", str(path), "--workspace", str(root), "--json")
    guessed = kgrec("import", str(tables), "--workspace", str(tmp_path / "other"), "--json")
    assert given.json()["fingerprint"] == guessed.json()["fingerprint"]


def test_lists_show_what_the_workspace_holds(kgrec: Kgrec) -> None:
    assert [row["dataset"] for row in kgrec("datasets", "--json").json()] == ["tiny"]
    assert len(kgrec("graphs", "--json").json()) == 1
    assert kgrec("jobs", "--json").json() == []
    for command in ("datasets", "graphs", "runs"):
        assert "tiny" in kgrec(command).out


def test_lists_of_an_empty_workspace_say_what_to_do(kgrec: Kgrec, tmp_path: Path) -> None:
    for command in ("datasets", "graphs", "runs", "jobs"):
        answer = kgrec(command, "--workspace", str(tmp_path / "new"))
        assert answer.status == 0
        assert answer.out.startswith("No ")


def test_graph_build_is_idempotent(kgrec: Kgrec) -> None:
    first = kgrec("graph", "build", "tiny", "--json").json()
    assert kgrec("graph", "build", "tiny", "--json").json() == first
    assert first["counts"] == {"entities": 44, "relations": 1, "triples": 40}


def test_train_prints_its_contract_and_reads_settings_by_their_types(kgrec: Kgrec) -> None:
    arguments = ("--set", "use_graph=false", "--set", "text_neighbors=7", "--seed", "3")
    common = ("--text-model", "none", "--split", "leave-last-out", "--json")
    result = kgrec("train", "tiny", *arguments, *common).json()
    assert {"run", "dataset", "model", "seconds", "peak_memory_mb", "metrics"} <= set(result)
    assert set(result["seconds"]) == {"read", "graph", "text", "fit", "evaluate"}
    assert result["split"] == "leave-last-out"
    assert result["seed"] == 3
    assert 0 <= result["metrics"]["ndcg@20"] <= 1
    explained = kgrec("explain", result["run"], "--user", "u1", "--item", "i2", "--json").json()
    assert {term["modality"] for term in explained["contributions"]} == {"collaborative"}


def test_a_preset_is_the_start_and_single_settings_change_it(kgrec: Kgrec, ready: Path) -> None:
    common = ("--text-model", "none", "--split", "leave-last-out", "--json")
    asked = ("--preset", "fast", "--set", "text_neighbors=7")
    run = kgrec("train", "tiny", *asked, *common).json()["run"]
    kept = json.loads((ready / "runs" / run / "settings.json").read_text())
    assert kept["model_settings"] == {"use_vectors": False, "n_rounds": 0, "text_neighbors": "7"}


def test_evaluate_prints_metrics_with_intervals(kgrec: Kgrec) -> None:
    result = kgrec("evaluate", run_id(kgrec), "--k", "5,10", "--json").json()
    assert {"run", "split", "n_users", "metrics", "intervals"} <= set(result)
    assert {"recall@5", "ndcg@5", "recall@10", "ndcg@10"} <= set(result["metrics"])
    for name, (low, high) in result["intervals"].items():
        assert low <= result["metrics"][name] <= high


def test_recommend_for_a_known_user_prints_its_contract(kgrec: Kgrec) -> None:
    result = kgrec("recommend", run_id(kgrec), "--user", "u1", "-k", "4", "--json").json()
    assert (result["user"], result["k"]) == ("u1", 4)
    assert [item["rank"] for item in result["items"]] == [1, 2, 3, 4]
    assert set(result["items"][0]) == {"item", "label", "rank", "score"}
    scores = [item["score"] for item in result["items"]]
    assert scores == sorted(scores, reverse=True)


def test_recommend_for_a_newcomer_takes_items_and_entities(kgrec: Kgrec) -> None:
    run = run_id(kgrec)
    by_item = kgrec("recommend", run, "--like", "i1", "--like", "i5", "-k", "3", "--json").json()
    assert by_item["user"] is None
    assert "i1" not in {item["item"] for item in by_item["items"]}
    by_like = kgrec("recommend", run, "--like", "genre:Horror", "--json").json()
    by_entity = kgrec("recommend", run, "--entity", "genre:Horror", "--json").json()
    assert by_like["items"] == by_entity["items"]
    # Items 2, 6, 10, ... are the horror stories.
    assert all(int(item["item"][1:]) % 4 == 2 for item in by_like["items"][:5])


def test_the_values_of_an_explanation_add_up_to_the_recommended_score(kgrec: Kgrec) -> None:
    run = run_id(kgrec)
    best = kgrec("recommend", run, "--user", "u7", "--json").json()["items"][0]
    arguments = ("--user", "u7", "--item", best["item"], "--json")
    result = kgrec("explain", run, *arguments).json()
    assert {"user", "item", "score", "bias", "contributions", "residual"} <= set(result)
    total = result["bias"] + sum(term["value"] for term in result["contributions"])
    assert total == pytest.approx(result["score"], rel=1e-5)
    assert result["score"] == pytest.approx(best["score"], rel=1e-5)
    term = result["contributions"][0]
    assert {"modality", "evidence", "value", "attention", "gate", "paths"} <= set(term)
    assert {"kind", "id", "label"} == set(term["evidence"])
    for part in result["contributions"]:
        if part["paths"]:
            through = sum(path["value"] for path in part["paths"])
            assert through == pytest.approx(part["value"], rel=1e-4, abs=1e-7)


def test_explain_answers_newcomers_too(kgrec: Kgrec) -> None:
    arguments = ("--like", "genre:Drama", "--item", "i0", "--json")
    result = kgrec("explain", run_id(kgrec), *arguments).json()
    assert result["user"] is None
    assert {term["evidence"]["kind"] for term in result["contributions"]} == {"entity"}


def test_explain_says_when_the_user_has_the_item_already(kgrec: Kgrec) -> None:
    known = kgrec("explain", run_id(kgrec), "--like", "i0", "--item", "i0").out
    new = kgrec("explain", run_id(kgrec), "--like", "i0", "--item", "i1").out
    assert "has chosen this item already" in known
    assert "already" not in new


def test_a_negative_zero_is_shown_as_zero() -> None:
    assert text_of(-0.00001) == "0.0000"
    assert text_of(-0.0001) == "-0.0001"


def test_use_makes_a_run_active(kgrec: Kgrec) -> None:
    run = run_id(kgrec)
    assert kgrec("use", run, "--json").json()["active"]
    active = [row["run"] for row in kgrec("runs", "--json").json() if row["active"]]
    assert active == [run]
    assert kgrec("recommend", "active", "--user", "u1", "--json").json()["items"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("recommend", "active", "--user", "u1x"), "There is no user 'u1x'. Near ones: u1"),
        (("recommend", "active", "--like", "zzz"), "neither an item nor an entity"),
        (("recommend", "active", "--text", "ghosts"), "does not read texts"),
        (("explain", "active", "--user", "u1", "--item", "i1x"), "There is no item 'i1x'"),
        (("recommend", "nope", "--user", "u1"), "There is no run 'nope'"),
        (("train", "tinny"), "There is no data set 'tinny'. Near ones: tiny"),
        (("train", "tiny", "--set", "depth=3"), "There is no setting 'depth'"),
        (("train", "tiny", "--set", "n_rounds=many"), "'n_rounds' in 'FusionSettings'"),
        (("train", "tiny", "--seed", "-1"), "'seed' in 'TrainSettings'"),
        (("import", "/nowhere"), "/nowhere"),
        (("import", "/nowhere", "--mapping", "/nothing.json"), "Cannot read the mapping"),
        (("job", "run", "x"), "There is no job 'x'"),
    ],
)
def test_our_errors_are_one_line_and_status_1(
    kgrec: Kgrec, arguments: tuple[str, ...], words: str
) -> None:
    answer = kgrec(*arguments)
    assert answer.status == 1
    assert answer.out == ""
    assert answer.err.startswith("Error: ")
    assert answer.err.count("\n") == 1
    assert words in answer.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("dance",),
        ("import",),
        ("import", "x", "--format", "word"),
        ("train", "tiny", "--split", "by-magic"),
        ("train", "tiny", "--model", "magic"),
        ("train", "tiny", "--preset", "magic"),
        ("train", "tiny", "--preset", "fast", "--model", "ease"),
        ("train", "tiny", "--set", "novalue"),
        ("train", "tiny", "--set", "a=[1"),
        ("evaluate", "active", "--k", "ten"),
        ("evaluate", "active", "--k", "0"),
        ("recommend", "active"),
        ("recommend", "active", "--user", "u1", "--like", "i1"),
        ("recommend", "active", "--user", "u1", "-k", "0"),
        ("explain", "active", "--user", "u1"),
        ("app", "--port", "0"),
    ],
)
def test_wrong_usage_is_status_2(kgrec: Kgrec, arguments: tuple[str, ...]) -> None:
    answer = kgrec(*arguments)
    assert answer.status == 2
    assert "Traceback" not in answer.err


def test_names_with_brackets_are_printed_as_they_are(
    kgrec: Kgrec, tables: Path, tmp_path: Path
) -> None:
    root = ("--workspace", str(tmp_path / "ws"))
    kgrec("import", str(tables), "--name", "[red]odd[/red]", *root)
    assert "[red]odd[/red]" in kgrec("datasets", *root).out


def test_every_command_has_help(kgrec: Kgrec) -> None:
    lists = ["datasets", "graphs", "runs", "jobs"]
    single = [*lists, "import", "train", "evaluate", "use", "recommend", "explain"]
    for command in [*single, "doctor", "app", "graph build", "job run"]:
        answer = kgrec(*command.split(), "--help")
        assert answer.status == 0
        assert answer.out


def test_doctor_says_what_works(kgrec: Kgrec, ready: Path) -> None:
    answer = kgrec("doctor", "--json")
    result = json.loads(answer.out)
    states = {check["name"]: check["state"] for check in result["checks"]}
    expected = {"versions", "libraries", "workspace", "database", "device", "text model"}
    assert expected | {"browser"} == set(states)
    assert answer.status == 0
    assert result["ok"]
    assert {states[name] for name in expected} == {"ok"}


def test_doctor_finds_a_broken_database_and_says_what_to_do(kgrec: Kgrec, tmp_path: Path) -> None:
    (tmp_path / "kgrec.db").write_text("no database at all " * 100)
    answer = kgrec("doctor", "--workspace", str(tmp_path))
    assert answer.status == 1
    line = next(line for line in answer.out.splitlines() if "database" in line)
    assert line.startswith("problem")
    assert "->" in line


def test_doctor_finds_a_place_that_cannot_be_written(kgrec: Kgrec, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    answer = kgrec("doctor", "--workspace", str(tmp_path / "file" / "ws"), "--json")
    assert answer.status == 1
    states = {check["name"]: check["state"] for check in json.loads(answer.out)["checks"]}
    assert states["workspace"] == states["database"] == "problem"


def test_help_is_quick_and_loads_no_torch() -> None:
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "kgrec_core.cli", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    seconds = time.perf_counter() - start
    loaded = {line.rsplit("|", 1)[-1].strip() for line in done.stderr.splitlines()}
    assert "typer" in loaded
    assert not loaded & {"torch", "polars", "scipy", "sqlalchemy", "streamlit"}
    assert seconds < 3  # below 1 s alone; the tests share the machine


def test_the_module_prints_errors_like_the_script() -> None:
    command = [sys.executable, "-m", "kgrec_core.cli", "recommend", "nope", "--user", "u1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: There is no run 'nope'.")
    assert done.stderr.count("\n") == 1


def test_a_job_can_be_run_by_hand(
    kgrec: Kgrec, ready: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kgrec_core.jobs import queue
    from kgrec_core.storage.workspace import Workspace

    monkeypatch.setattr(queue, "start_next", lambda _workspace: None)
    workspace = Workspace(ready)
    job = queue.submit(workspace, "graph", {"dataset": "tiny"})
    workspace.close()
    result = kgrec("job", "run", job, "--json").json()
    assert result["state"] == "done"
    assert result["result"]["counts"]["triples"] == 40


@pytest.mark.slow
def test_app_answers_on_this_machine_and_ends_with_its_process(ready: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "kgrec_core.cli", "app", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as app:
        try:
            assert _health(port) == b"ok"
        finally:
            app.terminate()
            app.communicate(timeout=30)
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5)


def _health(port: int) -> bytes:
    end = time.monotonic() + 60
    while True:
        try:
            address = f"http://127.0.0.1:{port}/_stcore/health"
            with urllib.request.urlopen(address, timeout=5) as answer:
                return bytes(answer.read())
        except urllib.error.URLError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def test_train_counts_feedback_only_when_asked(kgrec: Kgrec, tables: Path, tmp_path: Path) -> None:
    root = tmp_path / "ws"
    assert kgrec("import", str(tables), "--name", "tiny", "--workspace", str(root)).status == 0
    opened = Workspace(root)
    data = opened.resolve_dataset("tiny").fingerprint
    give_feedback(
        opened, dataset_fingerprint=data, run_id="", user_id="u0", item_id="i1", kind="dislike"
    )
    opened.close()
    asked = ("train", "tiny", "--model", "popularity", "--workspace", str(root), "--json")
    plain, taught = kgrec(*asked).json(), kgrec(*asked, "--feedback").json()
    assert plain["fingerprint"] != taught["fingerprint"]
    assert kgrec(*asked).json()["fingerprint"] == plain["fingerprint"]
    shown = kgrec(*asked[:-1], "--feedback").out
    assert "dislikes" in shown
    ranked = ("recommend", "--user", "u0", "-k", "40", "--workspace", str(root), "--json")
    assert "i1" not in [
        row["item"] for row in kgrec(*ranked[:1], taught["run"], *ranked[1:]).json()["items"]
    ]
