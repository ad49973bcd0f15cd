from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgrec_ui.plots.attention_plot import draw_attention
from kgrec_ui.plots.colors import READABLE, between, contrast, luminance, mixed, readable_on
from kgrec_ui.plots.heat_plot import draw_heat
from kgrec_ui.theme import DARK, LIGHT, Palette
from kgrec_ui.views.attention_view import AttentionRow, AttentionView
from kgrec_ui.views.heat_view import HeatView
from tests.ui.film_world import HEAT
from tests.ui.recommend_samples import HEAT_UNIT

PALETTES = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
COLORS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06X}")


def test_luminance_and_contrast_are_those_of_the_standard() -> None:
    assert luminance("#FFFFFF") == pytest.approx(1.0)
    assert luminance("#FF0000") == pytest.approx(0.2126)
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)  # a known borderline


def test_a_mixture_lies_between_its_colors() -> None:
    assert mixed("#000000", "#FF8000", 0.5) == "#804000"
    assert mixed("#123456", "#FFFFFF", 0.0) == "#123456"


def test_a_place_on_a_scale_has_the_color_between_its_stops() -> None:
    scale = [(0.0, "#FF0000"), (0.5, "#000000"), (1.0, "#0000FF")]
    found = [between(scale, place) for place in (-1.0, 0.25, 0.5, 0.75, 2.0)]
    assert found == ["#FF0000", "#800000", "#000000", "#000080", "#0000FF"]


@given(COLORS, st.sampled_from([LIGHT, DARK]))
def test_text_can_be_read_on_any_ground(ground: str, palette: Palette) -> None:
    assert contrast(readable_on(ground, palette), ground) >= READABLE


@PALETTES
@pytest.mark.parametrize("is_attention", [False, True])
def test_the_number_of_every_cell_of_the_heat_map_can_be_read(
    palette: Palette, is_attention: bool
) -> None:
    low = 0 if is_attention else -20
    row = tuple(value / 20 for value in range(low, 21))
    parts = [row[start : start + 7] for start in range(0, len(row), 7)]
    values = tuple(part + (0.0,) * (7 - len(part)) for part in parts)
    n_rows = len(values)
    items = tuple(f"Item {number}" for number in range(7))
    view = HeatView(
        (HEAT_UNIT,) * n_rows,
        ("Heat",) * n_rows,
        items,
        (HEAT,) * 7,
        values,
        is_attention,
        "",
        None,  # type: ignore[arg-type]  # the drawing reads no table
    )
    figure = draw_heat(view, palette, None)
    cells, numbers = figure.data[0], figure.data[1]
    scale = [(float(place), color) for place, color in cells.colorscale]
    span = cells.zmax - cells.zmin
    for x, y, color in zip(numbers.x, numbers.y, numbers.textfont.color, strict=True):
        ground = between(scale, (cells.z[y][x] - cells.zmin) / span)
        assert contrast(color, ground) >= READABLE


@PALETTES
def test_whiskers_are_seen_on_the_bars_and_beside_them(palette: Palette) -> None:
    rows = (AttentionRow("Heat", {}, 0.5, 0.1, uniform=0.4, spread=(0.3, 0.7)),)
    bars = draw_attention(AttentionView(rows, ""), palette).data[0]
    assert contrast(bars.error_x.color, bars.marker.color) >= READABLE
    assert contrast(bars.error_x.color, palette.background) >= READABLE
    assert contrast(bars.marker.line.color, palette.background) >= 3  # where a bar ends
