"""Keeps text vectors on disk, so that no text is encoded twice by the same model."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from kgrec_core.contracts import FloatArray, OnProgress, Progress, TextEncoder, no_progress

__all__ = ["TEXTS_PER_CHUNK", "CachedEncoder"]

TEXTS_PER_CHUNK = 2000
"""Texts that a killed job loses at most."""


class CachedEncoder:
    """A `TextEncoder` that asks another one only for texts that it has not met yet.

    The folder holds one folder per encoder name with chunks that are never changed: each has
    `hashes` (sha256 of the texts, uint8 (n, 32)) and `vectors` (float32 (n, dim)). A chunk is
    written aside and renamed, so several processes may write at once. Meant for the texts of a
    data set; words that people type are better encoded directly than kept in a file each.
    """

    def __init__(self, encoder: TextEncoder, folder: Path) -> None:
        self._encoder = encoder
        self._root = folder

    @property
    def name(self) -> str:
        """The name of the encoder inside: cached vectors are the same vectors."""
        return self._encoder.name

    @property
    def embedding_dim(self) -> int:
        """Length of one vector."""
        return self._encoder.embedding_dim

    @property
    def folder(self) -> Path:
        """Where the chunks of this encoder lie."""
        readable = re.sub(r"[^A-Za-z0-9._-]", "_", self.name)[:60]
        return self._root / f"{readable}-{hashlib.sha256(self.name.encode()).hexdigest()[:8]}"

    def encode(self, texts: Sequence[str], *, on_progress: OnProgress = no_progress) -> FloatArray:
        """Unit vectors, float32 (n_texts, embedding_dim); a text without a word gives zeros."""
        wanted = {_hash_of(text): text for text in texts if text.strip()}
        known = self._read(set(wanted))
        missing = [key for key in wanted if key not in known]
        for start in range(0, len(missing), TEXTS_PER_CHUNK):
            keys = missing[start : start + TEXTS_PER_CHUNK]

            def report(progress: Progress, start: int = start) -> None:
                done = start + progress.done
                on_progress(Progress(progress.stage, done, len(missing), progress.metrics))

            vectors = self._encoder.encode([wanted[key] for key in keys], on_progress=report)
            self._write(keys, vectors)
            known |= dict(zip(keys, vectors, strict=True))
        dim = next(iter(known.values())).size if known else self.embedding_dim
        vectors = np.zeros((len(texts), dim), dtype=np.float32)
        for row, text in enumerate(texts):
            if text.strip():
                vectors[row] = known[_hash_of(text)]
        return vectors

    def _read(self, wanted: set[bytes]) -> dict[bytes, FloatArray]:
        """Cached vectors of the wanted hashes; a chunk that cannot be read counts as absent."""
        found: dict[bytes, FloatArray] = {}
        for path in sorted(self.folder.glob("*.safetensors")):
            try:
                with safe_open(path, framework="numpy") as chunk:
                    keys = [row.tobytes() for row in chunk.get_tensor("hashes")]
                    rows = [(row, key) for row, key in enumerate(keys) if key in wanted]
                    if rows:
                        vectors = chunk.get_tensor("vectors")
                        found |= {key: vectors[row] for row, key in rows}
            except (SafetensorError, OSError):
                continue
        return found

    def _write(self, keys: list[bytes], vectors: FloatArray) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        hashes = np.frombuffer(b"".join(keys), dtype=np.uint8).reshape(len(keys), 32)
        name = hashlib.sha256(hashes.tobytes()).hexdigest()[:24]
        aside = self.folder / f".{name}.{uuid.uuid4().hex}.tmp"
        try:
            save_file(
                {"hashes": np.ascontiguousarray(hashes), "vectors": np.ascontiguousarray(vectors)},
                aside,
                metadata={"encoder": self.name, "version": "1"},
            )
            aside.replace(self.folder / f"{name}.safetensors")
        finally:
            aside.unlink(missing_ok=True)


def _hash_of(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
