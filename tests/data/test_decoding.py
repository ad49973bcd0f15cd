from __future__ import annotations

import contextlib
import gzip
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgrec_core.data.decoding import decode_bytes
from kgrec_core.data.report import ProblemReport
from kgrec_core.errors import DataError

PRINTABLE = st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn", "Co")), min_size=1)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@given(text=PRINTABLE.filter(lambda text: bool(text.strip())).filter(lambda t: t[0] != "\ufeff"))
def test_unicode_text_comes_back_unchanged_and_without_its_mark(encoding: str, text: str) -> None:
    report = ProblemReport()
    assert decode_bytes(text.encode(encoding), file="t.csv", report=report) == text
    assert report.problems == []


def test_utf_16_big_endian_is_told_by_its_mark(report: ProblemReport) -> None:
    data = b"\xfe\xff" + "id,näme".encode("utf-16-be")
    assert decode_bytes(data, file="t.csv", report=report) == "id,näme"


def test_windows_text_is_read_as_such_and_said_so(report: ProblemReport) -> None:
    data = "id,name\n1,“Café” – 5 €\n".encode("cp1252")
    assert "“Café” – 5 €" in decode_bytes(data, file="t.csv", report=report)
    assert [p.reason for p in report.problems] == [
        "the file is not UTF-8: it was read as Windows-1252"
    ]


def test_latin_1_is_the_last_resort_for_bytes_windows_does_not_know(report: ProblemReport) -> None:
    text = decode_bytes(b"id,name\n1,\xe9\x81\n", file="t.csv", report=report)
    assert "é\x81" in text
    assert "Latin-1" in report.problems[0].reason


def test_one_bad_line_does_not_garble_the_good_ones(report: ProblemReport) -> None:
    good = "id,name\n1,Zoë\n2,Müller\n".encode()
    text = decode_bytes(good + b"3,Caf\xe9\n", file="t.csv", report=report)
    assert text == "id,name\n1,Zoë\n2,Müller\n3,Café\n"
    assert report.problems[0].lines == (4,)


def test_gzip_is_unpacked(report: ProblemReport) -> None:
    packed = gzip.compress(b"a,b\n1,2\n")
    assert decode_bytes(packed, file="t.csv.gz", report=report) == "a,b\n1,2\n"


def _zip_of(name: str) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr(name, "x")
    return sink.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b" \n\r\n", "is empty"),
        (_zip_of("table.csv"), "ZIP archive"),
        (_zip_of("xl/workbook.xml"), "Excel workbook"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"PAR1....", "Parquet"),
        (b"\xd0\xcf\x11\xe0....", "old Office document"),
        (b"id,name\n1,a\x00b\n", "zero bytes"),
        (bytes(range(1, 32)) * 20, "binary"),
        (b"\x1f\x8b\x08 broken", "damaged gzip"),
    ],
)
def test_what_is_no_text_is_refused_with_its_kind(
    data: bytes, words: str, report: ProblemReport
) -> None:
    with pytest.raises(DataError, match=words) as caught:
        decode_bytes(data, file="t.csv", report=report)
    assert "t.csv" in str(caught.value)


def test_a_damaged_utf_16_text_is_read_with_a_note(report: ProblemReport) -> None:
    text = decode_bytes(b"\xff\xfea\x00b", file="t.csv", report=report)
    assert text.startswith("a")
    assert "utf-16" in report.problems[0].reason


@given(data=st.binary())
def test_any_bytes_give_text_or_our_own_error(data: bytes) -> None:
    with contextlib.suppress(DataError):
        assert isinstance(decode_bytes(data, file="t.csv", report=ProblemReport()), str)


def test_two_encodings_by_turns_are_read_line_by_line(report: ProblemReport) -> None:
    data = b"id,name\n" + b"".join(b"1,Caf\xe9\n" + "2,Zoë\n".encode() for _ in range(4))
    text = decode_bytes(data, file="t.csv", report=report)
    assert text == "id,name\n" + "1,Café\n2,Zoë\n" * 4
    assert [(p.count, p.lines) for p in report.problems] == [(4, (2, 4, 6, 8))]


def test_a_pair_of_western_signs_that_happens_to_be_utf_8_changes_no_file(
    report: ProblemReport,
) -> None:
    lines = ["1,Café", "2,Müller"] * 6 + ["3,Ã©"]
    assert decode_bytes("\n".join(lines).encode("cp1252"), file="t.csv", report=report) == (
        "\n".join(lines)
    )
