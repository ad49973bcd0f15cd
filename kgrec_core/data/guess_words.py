"""The words by which column names are recognized, and what a column's cells look like."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

__all__ = [
    "find_separator",
    "is_friend_word",
    "is_id_name",
    "is_item_word",
    "is_numeric",
    "is_user_word",
    "link_name",
    "name_words",
    "text_likeness",
    "words_of",
]


def words_of(text: str) -> frozenset[str]:
    """The words of a text that is a list of them."""
    return frozenset(text.split())


USER_WORDS = words_of(
    "user uid customer member reader viewer listener client account reviewer visitor shopper buyer "
    "player student learner pupil participant patient subscriber person profile consumer cust "
    "rater nutzer benutzer kunde käufer leser mitglied teilnehmer schüler"
)
ITEM_WORDS = words_of(
    "item iid movie film product sku track song artist book isbn asin article game recipe course "
    "video show place restaurant hotel app business venue podcast episode album paper news offer "
    "listing lesson beer wine anime title artikel produkt buch kurs titel"
)
TEXT_WORDS = words_of(
    "description overview plot summary synopsis abstract text content body about bio story blurb "
    "document review comment tagline beschreibung inhalt"
)
FRIEND_WORDS = words_of(
    "friend follower followee following followed trustee trusted contact neighbor freund"
)
_KIND_OF_ID = words_of("id code no nr number key uuid nummer")
_ID_ENDINGS = ("id", "nr", "nummer")
"""Of compounds such as "movieid" and "kundennr"."""
_ALWAYS_IDS = words_of("uid iid isbn asin sku userid itemid")

# First word of a column name -> relation, entity type.
_LINKS = {
    "genre": ("has_genre", "genre"),
    "director": ("directed_by", "person"),
    "actor": ("starring", "person"),
    "actress": ("starring", "person"),
    "cast": ("starring", "person"),
    "starring": ("starring", "person"),
    "star": ("starring", "person"),
    "writer": ("written_by", "person"),
    "author": ("written_by", "person"),
    "screenwriter": ("written_by", "person"),
    "composer": ("composed_by", "person"),
    "producer": ("produced_by", "person"),
    "artist": ("performed_by", "person"),
    "performer": ("performed_by", "person"),
    "singer": ("performed_by", "person"),
    "brand": ("made_by", "brand"),
    "manufacturer": ("made_by", "brand"),
    "maker": ("made_by", "brand"),
    "category": ("in_category", "category"),
    "subcategory": ("in_category", "category"),
    "department": ("in_category", "category"),
    "topic": ("about", "topic"),
    "subject": ("about", "topic"),
    "publisher": ("published_by", "publisher"),
    "label": ("released_by", "label"),
    "language": ("in_language", "language"),
    "country": ("from_country", "country"),
    "city": ("in_city", "city"),
    "studio": ("produced_by", "studio"),
    "company": ("produced_by", "company"),
    "series": ("part_of", "series"),
    "franchise": ("part_of", "series"),
    "color": ("has_color", "color"),
    "colour": ("has_color", "color"),
    "cuisine": ("has_cuisine", "cuisine"),
    "ingredient": ("contains", "ingredient"),
    "material": ("made_of", "material"),
    "kategorie": ("in_category", "category"),
    "hersteller": ("made_by", "brand"),
    "marke": ("made_by", "brand"),
    "farbe": ("has_color", "color"),
    "autor": ("written_by", "person"),
    "verlag": ("published_by", "publisher"),
    "sprache": ("in_language", "language"),
    "land": ("from_country", "country"),
}
_WORD = re.compile(r"[A-ZÄÖÜ]+(?![a-zäöüß])|[A-ZÄÖÜ]?[a-zäöüß]+|\d+|[^\W\d_]+")
_NUMBER = re.compile(r"[+-]?\d{1,12}(?:[.,]\d+)*")
_ADDRESS = re.compile(r"(https?://|www\.)", re.IGNORECASE)
_LEAST_SHARE = {"|": 0.0, ";": 0.01, ", ": 0.1, ",": 0.1, " / ": 0.05}
"""Separator -> share of cells that must hold it; commas also occur inside of names."""
_LEAST_LISTS = 0.2
"""Share of the different cells with commas that must look like lists."""


def name_words(column: str) -> list[str]:
    """Lower-case words of a column name in any style: "movieId" -> ["movie", "id"]."""
    return [word.lower() for word in _WORD.findall(column)]


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4 and word not in ("series", "movies"):
        return word[:-3] + "y"
    is_plural = word.endswith("s") and not word.endswith("ss") and len(word) > 3
    return word[:-1] if is_plural and word != "series" else word


def _names_kind(column: str, kinds: frozenset[str]) -> bool:
    words = [word for word in name_words(column) if not word.isdigit()]
    if len(words) == 1 and _stem(words[0]) in kinds:
        return True
    rest = [word for word in words if word not in _KIND_OF_ID]
    return len(rest) == 1 and (rest[0] in kinds or _singular(rest[0]) in kinds)


def _stem(word: str) -> str:
    """What a compound is the id of: "movieid" -> "movie", "kundennr" -> "kunde"; else ""."""
    ending = next((end for end in _ID_ENDINGS if word.endswith(end)), None)
    if ending is None:
        return ""
    stem = word.removesuffix(ending)
    return stem.removesuffix("n") if ending != "id" else stem


def is_user_word(column: str) -> bool:
    """True for "userId", "customer_no", "uid", "users", ..."""
    return _names_kind(column, USER_WORDS)


def is_item_word(column: str) -> bool:
    """True for "movieId", "product", "ISBN", "books", ..."""
    return _names_kind(column, ITEM_WORDS)


def is_friend_word(column: str) -> bool:
    """True for "friend_id", "followee", ..."""
    return _names_kind(column, FRIEND_WORDS)


def is_id_name(column: str) -> bool:
    """True when the name itself says that the column holds ids ("movieId", "sku")."""
    words = name_words(column)
    return bool(_KIND_OF_ID & set(words) or _ALWAYS_IDS & set(words)) or (
        len(words) == 1 and words[0].endswith(_ID_ENDINGS) and len(words[0]) > 3
    )


def link_name(column: str) -> tuple[str, str, float | None]:
    """Relation, entity type and bin width (10 for years, else None) that a column name suggests."""
    words = [_singular(word) for word in name_words(column)] or ["value"]
    if "year" in words or words == ["decade"]:
        return "from_decade", "decade", 10.0
    known = next((_LINKS[word] for word in words if word in _LINKS), None)
    if known:
        return *known, None
    plain = "_".join(words)
    return f"has_{plain.removeprefix('has_')}", plain.removeprefix("has_"), None


def is_numeric(cells: Sequence[str]) -> bool:
    """True when at least nine in ten cells that are not empty are numbers."""
    filled = [cell for cell in cells if cell]
    n_numbers = sum(_NUMBER.fullmatch(cell) is not None for cell in filled)
    return bool(filled) and n_numbers >= 0.9 * len(filled)


def text_likeness(column: str, cells: Sequence[str]) -> float:
    """How much a column reads like prose: 1 or more is a document, by length and by name."""
    filled = [cell for cell in cells[:500] if cell]
    if not filled or _ADDRESS.match(filled[0]):
        return 0.0
    mean_words = sum(cell.count(" ") + 1 for cell in filled) / len(filled)
    distinct = len(set(filled)) / len(filled)
    is_named = any(_singular(word) in TEXT_WORDS for word in name_words(column))
    n_listed = sum(find_separator([cell]) in ("|", ";") for cell in filled)
    if distinct < 0.3 or n_listed > 0.5 * len(filled):
        return 0.0
    return mean_words / 12 + (0.9 if is_named and mean_words >= 3 else 0.0)


def find_separator(cells: Sequence[str]) -> str | None:
    """What parts several values in one cell; None when cells hold one value each."""
    filled = [cell for cell in cells if cell]
    for separator in _LEAST_SHARE:
        with_it = [cell for cell in filled if separator in cell]
        if len(with_it) < max(1, _LEAST_SHARE[separator] * len(filled)):
            continue
        values = [value.strip() for cell in with_it for value in cell.split(separator)]
        short = sum(0 < len(value) <= 40 for value in values)
        if short >= 0.9 * len(values) and ("," not in separator or _are_lists(filled, separator)):
            return separator
    return None


def _are_lists(cells: Sequence[str], separator: str) -> bool:
    """True when pieces between commas come in threes, or the first one comes without the rest.

    "Paris, TX" and "Smith, Jr." are names with a comma: what stands before it stands nowhere else.
    """
    pieces = [[value.strip() for value in cell.split(separator)] for cell in set(cells)]
    n_cells = Counter(value for values in pieces for value in set(values))
    several = [values for values in pieces if len(values) > 1]
    listed = sum(len(values) > 2 or n_cells[values[0]] > 1 for values in several)
    return listed >= _LEAST_LISTS * len(several)
