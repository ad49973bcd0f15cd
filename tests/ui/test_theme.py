from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from kgrec_core.recommender.contract import Modality
from kgrec_ui.theme import (
    DARK,
    ENTITY_SHAPES,
    FOCUS_COLOR,
    LIGHT,
    MODALITY_NAMES,
    Palette,
    entity_color,
    entity_shape,
    format_bytes,
    format_count,
    format_score,
    format_seconds,
    format_share,
    format_signed,
    format_when,
    modality_color,
    palette_of,
    plotly_template,
)

ROOT = Path(__file__).resolve().parents[2]


def luminance(color: str) -> float:
    """Relative luminance as the web accessibility guidelines define it."""
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_texts_can_be_read_on_both_grounds(palette: Palette) -> None:
    for color in (palette.text, palette.muted):
        assert contrast(color, palette.background) >= 4.5
        assert contrast(color, palette.panel) >= 4.5


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_marks_stand_out_from_the_ground(palette: Palette) -> None:
    marks = [*palette.modalities.values(), *palette.series, *palette.entities]
    assert [color for color in marks if contrast(color, palette.background) < 3] == []


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_the_ring_around_what_has_the_keyboard_can_be_seen(palette: Palette) -> None:
    assert contrast(FOCUS_COLOR, palette.background) >= 3
    assert contrast(FOCUS_COLOR, palette.panel) >= 3


def test_all_headings_come_from_one_function() -> None:
    own = re.compile(r"\.(?:header|subheader)\(|[\"']#{2,6} ")
    files = [ROOT / "app.py", *(ROOT / "pages").glob("*.py"), *(ROOT / "kgrec_ui").rglob("*.py")]
    allowed = ROOT / "kgrec_ui" / "components.py"  # where `section_heading` is
    found = [f.name for f in files if f != allowed and own.search(f.read_text("utf-8"))]
    assert found == [], "use kgrec_ui.components.section_heading"


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_every_modality_has_a_color_of_its_own_and_a_name(palette: Palette) -> None:
    colors = [modality_color(palette, name) for name in MODALITY_NAMES]
    assert len(set(colors)) == len(MODALITY_NAMES) == len(get_args(Modality)) + 1


def test_an_entity_type_keeps_its_color_and_shape_whatever_else_is_there() -> None:
    assert entity_color(LIGHT, "mood") == entity_color(LIGHT, "mood")
    assert entity_shape("mood") in ENTITY_SHAPES[1:]


def test_common_entity_types_differ_in_color_and_in_shape() -> None:
    kinds = ("person", "genre", "tag", "company", "country", "decade")
    assert len({entity_color(LIGHT, kind) for kind in kinds}) == len(kinds)
    assert len({entity_shape(kind) for kind in kinds}) == len(kinds)


def test_items_are_the_only_dots() -> None:
    assert entity_shape("item") == "dot"
    assert "dot" not in {entity_shape(kind) for kind in ("person", "tag", "x", "entity")}


def test_an_unknown_theme_is_light() -> None:
    assert palette_of(None) is LIGHT
    assert palette_of("dark") is DARK


def test_the_template_leaves_the_ground_to_the_page() -> None:
    layout = plotly_template(DARK).layout
    assert layout.paper_bgcolor == layout.plot_bgcolor == "rgba(0,0,0,0)"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (31204, "31,204"), (999.6, "1,000")],
)
def test_counts_have_thousands_commas(value: float, text: str) -> None:
    assert format_count(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.12345, "0.123"),
        (12.345, "12.3"),
        (1234.5, "1234"),
        (0.0012345, "0.00123"),
        (0.0, "0"),
        (-0.5, "−0.500"),
        (float("nan"), "–"),
    ],
)
def test_scores_show_three_digits_that_matter(value: float, text: str) -> None:
    assert format_score(value) == text


def test_contributions_carry_their_sign() -> None:
    assert format_signed(0.5) == "+0.500"
    assert format_signed(-0.5) == "−0.500"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0 %"),
        (1.0, "100 %"),
        (0.123, "12 %"),
        (0.0345, "3.5 %"),
        (0.0004, "under 0.1 %"),
        (0.9999, "over 99.9 %"),
    ],
)
def test_shares_are_percent_without_false_zeros(value: float, text: str) -> None:
    assert format_share(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.42, "0.4 s"),
        (3.0, "3 s"),
        (12.4, "12 s"),
        (59.6, "1 min"),
        (200, "3 min 20 s"),
        (7500, "2 h 5 min"),
        (7200, "2 h"),
    ],
)
def test_durations_are_said_as_people_say_them(value: float, text: str) -> None:
    assert format_seconds(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(12, "12 bytes"), (840_000, "840 kB"), (1.24e9, "1.2 GB"), (25e6, "25 MB")],
)
def test_sizes_are_decimal(value: float, text: str) -> None:
    assert format_bytes(value) == text


def test_moments_are_told_in_the_readers_zone() -> None:
    noon = 1_767_441_900  # 3 January 2026, 12:05 UTC
    assert format_when(noon) == "3 Jan 2026, 12:05"
    assert format_when(noon, "Europe/Berlin") == "3 Jan 2026, 13:05"


def test_an_unknown_zone_falls_back_to_utc() -> None:
    assert format_when(0, "Mars/Olympus") == "1 Jan 1970, 00:00"
