"""Bytes of an uploaded file to text; what is no text is refused with a sentence."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib

from kgrec_core.data.report import ProblemReport
from kgrec_core.errors import DataError

__all__ = ["MAX_BYTES", "decode_bytes"]

MAX_BYTES = 2 * 1024**3
"""Largest text that is read or unpacked, in bytes."""

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FOREIGN_STARTS = (
    (b"PK\x03\x04", "a ZIP archive"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\xd0\xcf\x11\xe0", "an old Office document (.xls)"),
    (b"%PDF", "a PDF document"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"PAR1", "a Parquet file"),
)
_MIXED_SHARE = 10
"""Lines of other signs that are no UTF-8, per line that is: from so many on it may be by chance."""
_SAMPLE_BYTES = 65_536
_CONTROL_BYTES = bytes(set(range(32)) - set(b"\t\n\r\f\x0b\x1b"))


def decode_bytes(data: bytes, *, file: str, report: ProblemReport) -> str:
    """The text of a file, without its byte order mark.

    UTF-8 is tried first, a byte order mark decides for UTF-16 and UTF-32. What is neither is read
    as Windows-1252, or Latin-1 where that is undefined; this is noted in `report`. A file of
    two encodings, as two programs make it, is read line by line.

    Args:
        data: content of the file; gzip content is unpacked.
        file: name for messages.
        report: takes the note about another encoding.

    Raises:
        DataError: the file is empty, larger than `MAX_BYTES`, or no text.
    """
    if data.startswith(b"\x1f\x8b"):
        data = _unpacked(data, file)
    if not data.strip():
        raise DataError(f"{file} is empty. Choose a file with a line of column names and rows.")
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _decoded_by_mark(data, encoding, file, report)
    _refuse_foreign(data, file)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _decoded_by_line(data, file, report)


def _unpacked(data: bytes, file: str) -> bytes:
    try:
        with gzip.open(io.BytesIO(data)) as stream:
            unpacked = stream.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error):
        raise DataError(
            f"{file} is a damaged gzip file. Pack it again, or give it as text."
        ) from None
    if len(unpacked) > MAX_BYTES:
        raise DataError(f"{file} unpacks to more than 2 GB. Split it into smaller files.")
    return unpacked


def _decoded_by_mark(data: bytes, encoding: str, file: str, report: ProblemReport) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        reason = f"bytes that are no {encoding} text: replaced by a question mark sign"
        report.add(file, line=0, reason=reason, value=str(data[error.start : error.start + 8]))
        return data.decode(encoding, errors="replace")


def _refuse_foreign(data: bytes, file: str) -> None:
    for start, kind in _FOREIGN_STARTS:
        if data.startswith(start):
            if start == b"PK\x03\x04" and b"xl/" in data[:_SAMPLE_BYTES]:
                kind = "an Excel workbook (.xlsx)"
            raise DataError(
                f"{file} is {kind}, not a text table. Save the table as CSV (UTF-8) and give that."
            )
    sample = data[:_SAMPLE_BYTES]
    if b"\x00" in data:
        raise DataError(
            f"{file} contains zero bytes, so it is no plain text. If it is UTF-16 text without a "
            "byte order mark, save it as UTF-8; if it is a program's own format, export it as CSV."
        )
    n_control = len(sample) - len(sample.translate(None, _CONTROL_BYTES))
    if n_control > 0.02 * len(sample):
        raise DataError(f"{file} is binary data, not a text table. Export the table as CSV.")


def _decoded_by_line(data: bytes, file: str, report: ProblemReport) -> str:
    lines = data.split(b"\n")
    broken = [number for number, line in enumerate(lines) if not _is_utf8(line)]
    n_good = sum(not line.isascii() for line in lines) - len(broken)
    if _MIXED_SHARE * n_good < len(broken):
        text, encoding = _decoded_western(data)
        report.add(file, line=0, reason=f"the file is not UTF-8: it was read as {encoding}")
        return text
    texts = [""] * len(lines)
    wrong = set(broken)
    for number, line in enumerate(lines):
        if number not in wrong:
            texts[number] = line.decode("utf-8")
            continue
        texts[number], encoding = _decoded_western(line)
        reason = f"the line is not UTF-8 as other lines of the file are: it was read as {encoding}"
        report.add(file, line=number + 1, reason=reason, value=texts[number])
    return "\n".join(texts)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _decoded_western(data: bytes) -> tuple[str, str]:
    try:
        return data.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError:
        return data.decode("latin-1"), "Latin-1"
