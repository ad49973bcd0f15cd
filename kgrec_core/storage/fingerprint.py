"""Content hashes: the same content gives the same fingerprint in every process."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

import numpy as np
import polars as pl

__all__ = ["FINGERPRINT_LENGTH", "fingerprint_of", "table_parts"]

FINGERPRINT_LENGTH = 16
"""Hex digits that are kept of the SHA-256: 64 bits, ample for the artifacts of a workspace."""

Part = Any
"""str, bytes, None, an array, a sequence of strings, or anything that JSON can hold."""


def fingerprint_of(parts: Iterable[Part]) -> str:
    """Hash of a sequence of values, `FINGERPRINT_LENGTH` hex digits.

    Each part goes in with its kind and length, so that ("ab", "c") and ("a", "bc") differ.
    """
    digest = hashlib.sha256()
    for part in parts:
        kind, content = _encoded(part)
        digest.update(f"{kind}:{len(content)};".encode())
        digest.update(content)
    return digest.hexdigest()[:FINGERPRINT_LENGTH]


def table_parts(table: pl.DataFrame) -> list[Part]:
    """The content of a table as hashable parts: name, type and values of each column."""
    parts: list[Part] = [table.height]
    for series in table:
        parts += [series.name, str(series.dtype)]
        if series.dtype.is_numeric():
            parts.append(np.packbits(series.is_null().to_numpy()))
            parts.append(series.fill_null(0).to_numpy())
        else:
            parts.append(series.cast(pl.String).to_list())
    return parts


def _encoded(part: Part) -> tuple[str, bytes]:
    if part is None:
        return "none", b""
    if isinstance(part, bytes):
        return "bytes", part
    if isinstance(part, str):
        return "str", part.encode("utf-8", "surrogatepass")
    if isinstance(part, np.ndarray):
        # Byte order is part of the type's name, so every machine hashes little-endian values.
        little = np.ascontiguousarray(part.astype(part.dtype.newbyteorder("<"), copy=False))
        return f"array {little.dtype.str} {little.shape}", little.tobytes()
    if isinstance(part, list | tuple) and all(p is None or isinstance(p, str) for p in part):
        return "strings", _encoded_strings(part)
    text = json.dumps(part, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return "json", text.encode()


def _encoded_strings(texts: list[str | None] | tuple[str | None, ...]) -> bytes:
    chunks = []
    for text in texts:
        content = b"" if text is None else text.encode("utf-8", "surrogatepass")
        chunks.append(f"{-1 if text is None else len(content)};".encode())
        chunks.append(content)
    return b"".join(chunks)
