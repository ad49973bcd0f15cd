from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Kgrec

pytestmark = pytest.mark.usefixtures("ready")

QUICK = ("--models", "popularity", "--text-model", "none")


def test_benchmark_prints_its_report(kgrec: Kgrec, tmp_path: Path) -> None:
    arguments = ("benchmark", "tiny", *QUICK, "--out", str(tmp_path))
    report = kgrec(*arguments, "--json").json()
    parts = {"head", "settings", "cells", "means", "comparisons"}
    assert set(report) == {*parts, "settings_version"}
    assert report["cells"][0]["error"] == ""
    assert report["settings"]["reference"] == "popularity"
    told = kgrec(*arguments)  # nothing is measured again
    assert "| popularity |" in told.out
    assert len(list((tmp_path / "cells").iterdir())) == 1


def test_benchmark_needs_a_data_set_or_a_folder(kgrec: Kgrec, tables: Path) -> None:
    assert kgrec("benchmark", *QUICK).status == 2
    assert kgrec("benchmark", "tiny", "--data", str(tables), *QUICK).status == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--models", "oracle"), "'model' must be one of"),
        (("--protocol", "luck"), "'protocols.0' in 'BenchmarkSettings'"),
        (("--models", "ease,popularity", "--reference", "fusion"), "'reference' must be one of"),
        (("--models", "ease", "--ablation"), "no modality that can be switched off"),
    ],
)
def test_what_cannot_be_measured_is_refused_at_once(
    kgrec: Kgrec, arguments: tuple[str, ...], words: str
) -> None:
    answer = kgrec("benchmark", "tiny", *arguments)
    assert answer.status == 1
    assert words in answer.err


def test_benchmark_imports_a_folder_first(kgrec: Kgrec, tables: Path, tmp_path: Path) -> None:
    place = ("--workspace", str(tmp_path / "ws"))
    wrong = kgrec("benchmark", "--data", str(tables), *place, "--models", "oracle")
    assert wrong.status == 1
    assert len(kgrec("datasets", *place, "--json").json()) == 1


def test_signal_prints_its_result(kgrec: Kgrec) -> None:
    found = kgrec("signal", "tiny", "--scrambles", "20", "--json").json()
    assert found["metric"] == "ndcg@20"
    assert found["overall"]["verdict"] == "carries signal"
    assert found["sources"][0]["name"] == "items.csv"
    told = kgrec("signal", "tiny", "--scrambles", "20")
    assert "Links from items.csv: carries signal" in told.out
    assert "has_genre" in told.out
