"""No text is encoded twice, and nothing is lost when a job is killed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from kgrec_core.contracts import FloatArray, OnProgress, Progress, no_progress
from kgrec_core.embedding import cache
from kgrec_core.embedding.cache import CachedEncoder
from kgrec_core.errors import CancelledError


class CountingEncoder:
    """Vectors from the letters of a text; remembers what it was asked."""

    def __init__(self, name: str = "letters", fail_at: str = "") -> None:
        self.name = name
        self.embedding_dim = 26
        self.asked: list[str] = []
        self._fail_at = fail_at

    def encode(self, texts: Sequence[str], *, on_progress: OnProgress = no_progress) -> FloatArray:
        if self._fail_at in texts:
            raise CancelledError("Stopped.")
        self.asked += texts
        vectors = np.zeros((len(texts), 26), dtype=np.float32)
        for row, text in enumerate(texts):
            for letter in text:
                vectors[row, ord(letter) % 26] += 1
            vectors[row] /= np.linalg.norm(vectors[row])
        on_progress(Progress("Encoding texts", len(texts), len(texts), {}))
        return vectors


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "TEXTS_PER_CHUNK", 2)


def test_vectors_are_those_of_the_encoder(tmp_path: Path) -> None:
    texts = ["one", "two", "three"]
    found = CachedEncoder(CountingEncoder(), tmp_path).encode(texts)
    np.testing.assert_array_equal(found, CountingEncoder().encode(texts))
    assert found.dtype == np.float32


def test_the_second_time_nothing_is_encoded_and_vectors_are_equal(tmp_path: Path) -> None:
    first = CachedEncoder(CountingEncoder(), tmp_path).encode(["one", "two"])
    encoder = CountingEncoder()
    second = CachedEncoder(encoder, tmp_path).encode(["two", "one"])
    assert encoder.asked == []
    np.testing.assert_array_equal(second, first[::-1])


def test_only_new_texts_are_encoded_and_each_once(tmp_path: Path) -> None:
    CachedEncoder(CountingEncoder(), tmp_path).encode(["one"])
    encoder = CountingEncoder()
    CachedEncoder(encoder, tmp_path).encode(["two", "one", "two"])
    assert encoder.asked == ["two"]


def test_blank_texts_give_zeros_and_are_not_encoded(tmp_path: Path) -> None:
    encoder = CountingEncoder()
    found = CachedEncoder(encoder, tmp_path).encode(["", "one", " \n"])
    assert encoder.asked == ["one"]
    assert found[[0, 2]].tolist() == np.zeros((2, 26)).tolist()


def test_no_texts_give_no_vectors(tmp_path: Path) -> None:
    assert CachedEncoder(CountingEncoder(), tmp_path).encode([]).shape == (0, 26)


def test_encoders_do_not_share_vectors(tmp_path: Path) -> None:
    CachedEncoder(CountingEncoder("a/b"), tmp_path).encode(["one"])
    other = CountingEncoder("a_b")
    CachedEncoder(other, tmp_path).encode(["one"])
    assert other.asked == ["one"]


def test_name_and_dimension_are_those_of_the_encoder(tmp_path: Path) -> None:
    cached = CachedEncoder(CountingEncoder(), tmp_path)
    assert (cached.name, cached.embedding_dim) == ("letters", 26)


@pytest.mark.usefixtures("small_chunks")
def test_what_was_done_before_a_stop_is_kept(tmp_path: Path) -> None:
    texts = ["one", "two", "three", "four"]
    with pytest.raises(CancelledError):
        CachedEncoder(CountingEncoder(fail_at="four"), tmp_path).encode(texts)
    encoder = CountingEncoder()
    CachedEncoder(encoder, tmp_path).encode(texts)
    assert encoder.asked == ["three", "four"]


@pytest.mark.usefixtures("small_chunks")
def test_progress_counts_over_all_missing_texts(tmp_path: Path) -> None:
    heard: list[Progress] = []
    cached = CachedEncoder(CountingEncoder(), tmp_path)
    cached.encode(["a"])
    cached.encode(["a", "b", "c", "d"], on_progress=heard.append)
    assert [(p.done, p.total) for p in heard] == [(2, 3), (3, 3)]


def test_a_damaged_chunk_is_encoded_again(tmp_path: Path) -> None:
    cached = CachedEncoder(CountingEncoder(), tmp_path)
    first = cached.encode(["one"])
    (chunk,) = cached.folder.iterdir()
    chunk.write_bytes(chunk.read_bytes()[:50])
    encoder = CountingEncoder()
    np.testing.assert_array_equal(CachedEncoder(encoder, tmp_path).encode(["one"]), first)
    assert encoder.asked == ["one"]
    again = CountingEncoder()
    CachedEncoder(again, tmp_path).encode(["one"])
    assert again.asked == []


def test_two_writers_of_the_same_texts_leave_one_chunk_and_no_leftovers(tmp_path: Path) -> None:
    class Interrupting(CountingEncoder):
        """While this one works, another process finishes the same texts."""

        def encode(
            self, texts: Sequence[str], *, on_progress: OnProgress = no_progress
        ) -> FloatArray:
            CachedEncoder(CountingEncoder(), tmp_path).encode(texts)
            return super().encode(texts, on_progress=on_progress)

    cached = CachedEncoder(Interrupting(), tmp_path)
    found = cached.encode(["one", "two"])
    np.testing.assert_array_equal(found, CountingEncoder().encode(["one", "two"]))
    assert [path.suffix for path in cached.folder.iterdir()] == [".safetensors"]


def test_texts_with_broken_characters_can_be_cached(tmp_path: Path) -> None:
    found = CachedEncoder(CountingEncoder(), tmp_path).encode(["half \ud83d"])
    assert np.linalg.norm(found[0]) == pytest.approx(1.0)
