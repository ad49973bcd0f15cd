"""What peers get to see is the split and the graph of kgrec, id by id."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.peers.export_split import (
    Origin,
    atomic_files,
    fingerprint_of_files,
    open_problem,
    read_origin,
    write_problem,
)
from kgrec_core.config import SplitSettings
from kgrec_core.data.formats import read_dataset
from kgrec_core.data.splitting import make_split
from kgrec_core.data.vocabulary import Vocabulary
from kgrec_core.errors import DataError
from tests.benchmarks.problems import small_problem

GIVEN = SplitSettings(name="given")


def origin_of(folder: Path) -> Origin:
    return Origin(folder, "", GIVEN)


def test_the_parts_hold_the_pairs_of_the_split_under_their_own_ids() -> None:
    files = atomic_files(small_problem())

    header = "user_id:token\titem_id:token"
    assert files["train.inter"] == [header, "u0\ti0", "u0\ti1", "u1\ti0"]
    assert files["valid.inter"] == [header, "u0\ti2", "u1\ti2"]
    assert files["test.inter"] == [header, "u0\ti3", "u1\ti4", "u1\ti1"]


def test_the_part_for_the_last_fit_is_train_and_validation_together() -> None:
    files = atomic_files(small_problem())

    assert files["fitting.inter"] == files["train.inter"] + files["valid.inter"][1:]


def test_triples_are_numbered_and_only_touched_items_are_linked() -> None:
    files = atomic_files(small_problem())

    assert files["kg"][1:] == ["e0\tr0\te5", "e1\tr0\te5"]
    assert files["link"][1:] == ["i0\te0", "i1\te1"]


def test_what_was_written_reads_back_as_the_same_given_split(tmp_path: Path) -> None:
    problem = small_problem()
    write_problem(problem, origin_of(tmp_path), tmp_path)
    (tmp_path / "ml" / "ml.fitting.inter").unlink()

    dataset, _ = read_dataset(tmp_path / "ml")
    split = make_split(dataset, GIVEN)

    for part in ("train", "validation", "test"):
        found, expected = getattr(split, part), getattr(problem.split, part)
        pairs = [
            {
                (data.users.id_of(user), data.items.id_of(item))
                for user, item in zip(rows.user_indices, rows.item_indices, strict=True)
            }
            for data, rows in ((dataset, found), (problem.dataset, expected))
        ]
        assert pairs[0] == pairs[1], part
    assert dataset.triples.height == 2


def test_the_origin_and_the_fingerprint_are_kept_beside_the_files(tmp_path: Path) -> None:
    problem = small_problem()
    origin = Origin(tmp_path / "data", "movies", SplitSettings(seed=7))

    fingerprint = write_problem(problem, origin, tmp_path)

    assert read_origin(tmp_path) == (origin, fingerprint)
    assert fingerprint == fingerprint_of_files(atomic_files(problem))


def test_another_split_has_another_fingerprint() -> None:
    problem = small_problem()
    turned = replace(
        problem,
        split=replace(
            problem.split, train=problem.split.validation, validation=problem.split.train
        ),
    )

    files, others = atomic_files(problem), atomic_files(turned)

    assert fingerprint_of_files(files) != fingerprint_of_files(others)


@pytest.mark.parametrize("id_", ["a\tb", 'a "b"', "NA", "[PAD]"])
def test_an_id_that_recbole_would_misread_is_refused(id_: str) -> None:
    problem = small_problem()
    items = Vocabulary([id_, *problem.dataset.items.ids[1:]], name="item")

    with pytest.raises(DataError, match="1 item ids cannot be written"):
        atomic_files(replace(problem, dataset=replace(problem.dataset, items=items)))


def test_a_folder_is_read_split_and_given_its_graph(tmp_path: Path) -> None:
    lines = ["user_id:token\titem_id:token"]
    lines += [f"u{user}\ti{item}" for user in range(3) for item in range(10)]
    (tmp_path / "x.inter").write_text("\n".join(lines), "utf-8")
    (tmp_path / "x.kg").write_text(
        "head_id:token\trelation_id:token\ttail_id:token\nm1\tmade_by\tm9\n", "utf-8"
    )
    (tmp_path / "x.link").write_text("item_id:token\tentity_id:token\ni4\tm1\n", "utf-8")

    problem = open_problem(Origin(tmp_path, "", SplitSettings(seed=7)))

    assert (len(problem.split.test), len(problem.split.validation)) == (6, 3)
    assert problem.graph.triples[:, 0].tolist() == [problem.dataset.items.index_of("i4")]
