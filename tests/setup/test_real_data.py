"""The readers of the accuracy benchmark, on small folders in the layout of the real ones."""

from __future__ import annotations

import gzip
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from kgrec_core.data.dataset import Dataset
from kgrec_core.data.formats import read_dataset
from kgrec_core.pipeline.importing import read_mapping

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "real_data.py"


@pytest.fixture(scope="module")
def real_data() -> ModuleType:
    spec = importlib.util.spec_from_file_location("real_data", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["real_data"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def read(folder: Path) -> Dataset:
    return read_dataset(folder, mapping=read_mapping(folder / "mapping.json"))[0]


def test_sequences_become_interactions_in_their_order(
    real_data: ModuleType, tmp_path: Path
) -> None:
    source, target = tmp_path / "amazon-beauty", tmp_path / "out"
    for name in ("derived", "split_s3rec"):
        (source / name).mkdir(parents=True)
    target.mkdir()
    (source / "split_s3rec" / "Beauty.txt").write_text("1 2 1\n2 1 2\n")
    (source / "derived" / "s3rec_item_map.tsv").write_text(
        "s3rec_item\tasin\ttext_id\n1\tB1\tred polish\n2\tB2\tblue polish\n"
    )
    (source / "derived" / "items.tsv").write_text("asin\ttext_id\nB1\tred polish\nB2\tblue soap\n")
    with gzip.open(source / "derived" / "kg.tsv.gz", "wt") as packed:
        packed.write("h\tr\tt\nB1\tproduced_by\tbrand:X\nB2\talso_bought\tB1\n")
    real_data.prepare_beauty(source, target)
    found = read(target)
    own = found.interactions.of_user(found.users.index_of("1"))
    by_time = own.item_indices[own.times.argsort()]
    assert [found.items.id_of(int(item)) for item in by_time] == ["B2", "B1"]
    assert found.documents[found.items.index_of("B2")] == "blue soap"
    assert found.triples.height == 2


def test_the_parts_of_a_published_split_become_one(real_data: ModuleType, tmp_path: Path) -> None:
    source, target = tmp_path / "lightkg", tmp_path / "out"
    source.mkdir()
    target.mkdir()
    head = "user_id:token\titem_id:token\trating:float\n"
    for number, part in enumerate(("train", "valid", "test")):
        (source / f"lastfm.{part}.inter").write_text(f"{head}u\ti{number}\t1.0\n")
    (source / "lastfm.kg").write_text("head_id:token\trelation_id:token\ttail_id:token\na\tr\tb\n")
    (source / "lastfm.link").write_text("item_id:token\tentity_id:token\ni0\ta\n")
    real_data.prepare_lightkg_union(source, target)
    found, _ = read_dataset(target)
    assert len(found.interactions) == 3
    assert found.given_parts is None


def test_the_corrected_link_and_the_plots_are_used(real_data: ModuleType, tmp_path: Path) -> None:
    source, target = tmp_path / "ml-100k", tmp_path / "out"
    for name in ("recbole", "derived"):
        (source / name).mkdir(parents=True)
    target.mkdir()
    files = {
        "ml-100k.inter": "user_id:token\titem_id:token\trating:float\ttimestamp:float\n"
        "7\t1\t4\t881250949\n7\t2\t5\t881250950\n",
        "ml-100k.item": "item_id:token\tmovie_title:token_seq\trelease_year:token\t"
        'class:token_seq\n1\t"Quoted" Story\t1995\tComedy Drama\n2\tGoldenEye\t1995\tAction\n',
        "ml-100k.kg": "head_id:token\trelation_id:token\ttail_id:token\nm.1\tdirected\tm.9\n",
        "ml-100k.link": "item_id:token\tentity_id:token\n2\tm.1\n",
        "ml-100k.link.relinked": "item_id:token\tentity_id:token\n1\tm.1\n",
    }
    for name, text in files.items():
        (source / "recbole" / name).write_text(text)
    (source / "derived" / "item_text.tsv").write_text('item\ttext\n1\t"A ""toy"" lives."\n')
    real_data.prepare_ml_100k(source, target)
    found = read(target)
    first = found.items.index_of("1")
    assert found.item_entities == {first: "m.1"}
    assert found.documents[first] == 'A "toy" lives.'
    assert found.item_labels[first] == '"Quoted" Story'
    assert {column.link.relation for column in found.columns} == {"has_genre", "from_decade"}


def test_a_prepared_folder_is_kept_and_an_absent_source_is_none(
    real_data: ModuleType, tmp_path: Path
) -> None:
    (tmp_path / "data" / "sets").mkdir(parents=True)
    calls: list[Path] = []

    def prepare(source: Path, target: Path) -> None:
        calls.append(source)
        (target / "train.txt").write_text("0 1\n")

    source = real_data.Source("one", "sets", prepare)
    folders = {source.folder(tmp_path / "data", tmp_path / "cache") for _ in range(2)}
    assert folders == {tmp_path / "cache" / "one"}
    assert len(calls) == 1
    assert real_data.Source("two", "no-sets", prepare).folder(tmp_path, tmp_path) is None


def test_the_data_folder_can_be_named(
    real_data: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KGREC_BENCH_DATA", str(tmp_path))
    assert real_data.data_root() == tmp_path
