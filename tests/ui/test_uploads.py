from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kgrec_core.errors import DataError
from kgrec_ui.uploads import discard_upload, save_uploads


class Upload:
    def __init__(self, name: str, content: bytes) -> None:
        self.name, self._rest = name, content

    def read(self, size: int = -1, /) -> bytes:
        size = len(self._rest) if size < 0 else size
        piece, self._rest = self._rest[:size], self._rest[size:]
        return piece


def test_uploads_arrive_byte_for_byte(tmp_path: Path) -> None:
    content = np.random.default_rng(0).bytes(2_500_001)
    folder = save_uploads([Upload("a.csv", content), Upload("b.csv", b"x")], tmp_path)
    assert (folder / "a.csv").read_bytes() == content
    assert (folder / "b.csv").read_bytes() == b"x"


def test_a_name_with_a_path_stays_inside(tmp_path: Path) -> None:
    folder = save_uploads([Upload("../../etc/evil.csv", b"x"), Upload("b.csv", b"y")], tmp_path)
    assert sorted(path.name for path in folder.iterdir()) == ["b.csv", "evil.csv"]


def test_two_uploads_of_one_name_are_refused_and_leave_nothing(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"Two of the files are called a\.csv"):
        save_uploads([Upload("x/a.csv", b"1"), Upload("y/a.csv", b"2")], tmp_path)
    assert list((tmp_path / "uploads").iterdir()) == []


def test_a_discarded_upload_is_gone_and_other_folders_stay(tmp_path: Path) -> None:
    folder = save_uploads([Upload("a.csv", b"x"), Upload("b.csv", b"x")], tmp_path)
    mine = tmp_path / "mine"
    mine.mkdir()
    discard_upload(folder, tmp_path)
    discard_upload(mine, tmp_path)
    assert not folder.exists()
    assert mine.exists()
