from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import example, given
from hypothesis import strategies as st

from kgrec_core.report.markup import Markup, tag


class Reader(HTMLParser):
    """What a browser would make of a piece of markup."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def read(markup: str) -> Reader:
    reader = Reader()
    reader.feed(markup)
    reader.close()
    return reader


def test_text_is_escaped_and_markup_is_kept() -> None:
    inner = tag("b", "a < b")
    assert tag("p", "<i>", inner) == "<p>&lt;i&gt;<b>a &lt; b</b></p>"


def test_attributes_get_their_html_names_and_none_is_left_out() -> None:
    found = tag("td", class_="num", aria_label='say "x"', id=None)
    assert found == '<td class="num" aria-label="say &quot;x&quot;"></td>'


def test_coordinates_have_two_decimals_and_no_useless_ones() -> None:
    assert tag("line", x1=1.0, x2=0.126, y1=-0.001) == '<line x1="1" x2="0.13" y1="0"/>'


def test_a_piece_of_markup_made_longer_by_a_string_is_text_again() -> None:
    assert tag("p", Markup("<b>") + "x") == "<p>&lt;b&gt;x</p>"


def test_control_characters_are_replaced() -> None:
    assert tag("p", "a\x00b\x1bc") == "<p>a\ufffdb\ufffdc</p>"


def test_a_number_and_its_unit_stay_on_one_line() -> None:
    assert tag("p", "26 % to 37 % in 2 min 3 s") == (
        "<p>26\u00a0% to 37\u00a0% in 2\u00a0min 3\u00a0s</p>"
    )
    assert tag("p", "3 minutes of 12 songs") == "<p>3 minutes of 12 songs</p>"


def test_a_command_is_kept_as_it_is_typed() -> None:
    assert tag("code", "--name '100 % films'") == "<code>--name '100 % films'</code>"


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc",))))
@example("0 s")
def test_any_text_comes_out_of_a_browser_as_it_went_in(words: str) -> None:
    found = read(tag("p", words, title=words))
    assert found.tags == ["p"]
    assert [name for name, _ in found.attributes] == ["title"]
    clean = words.replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd")
    # In a sentence the space before a unit is one at which no line breaks.
    assert found.text.replace("\u00a0", " ") == clean.replace("\u00a0", " ")
    assert found.attributes[0][1] == clean
