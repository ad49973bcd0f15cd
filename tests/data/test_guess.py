from __future__ import annotations

from pathlib import Path

import pytest

from kgrec_core.data.guess import guess_mapping, unused_files
from kgrec_core.data.guess_words import find_separator, link_name, name_words, text_likeness
from kgrec_core.data.mapping import Mapping, TableMapping
from kgrec_core.errors import DataError
from tests.data_samples import Write

SAMPLE = Path(__file__).parents[2] / "sample_data" / "movies"


def _guessed(folder: Path) -> dict[str, TableMapping]:
    return {table.file: table for table in guess_mapping(folder, name="x").tables}


def _rows(header: str, *rows: str, times: int = 1) -> str:
    return "\n".join([header, *(rows * times)]) + "\n"


def test_the_sample_is_guessed_as_its_own_mapping_says() -> None:
    text = (SAMPLE / "mapping.json").read_text(encoding="utf-8")
    wanted = {table.file: table for table in Mapping.model_validate_json(text).tables}
    guessed = _guessed(SAMPLE)
    assert guessed.keys() == wanted.keys()
    for file, table in wanted.items():
        assert (guessed[file].role, guessed[file].columns) == (table.role, table.columns)
    links = {link.column: link for link in guessed["films.csv"].links}
    for link in wanted["films.csv"].links:
        found = links[link.column]
        assert (found.relation, found.entity_type, found.bin) == (
            link.relation,
            link.entity_type,
            link.bin,
        )


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("userId,movieId,rating,timestamp", ("userId", "movieId", "rating", "timestamp")),
        ("customer,product,stars,date", ("customer", "product", "stars", "date")),
        ("member_no,sku,quantity,day", ("member_no", "sku", "quantity", "day")),
        ("Kunde,Artikel,Menge,Datum", ("Kunde", "Artikel", "Menge", "Datum")),
        ("uid,track_id,play_count,ts", ("uid", "track_id", "play_count", "ts")),
        (
            "Kundennr.,Artikel-Nr,Bewertung (1-5),Bestellt am",
            ("Kundennr.", "Artikel-Nr", "Bewertung (1-5)", "Bestellt am"),
        ),
        ("Käufer,Buchnummer,Anzahl,Zeit", ("Käufer", "Buchnummer", "Anzahl", "Zeit")),
    ],
)
def test_interactions_are_told_by_their_column_names(
    header: str, expected: tuple[str, ...], tmp_path: Path, write: Write
) -> None:
    write("log.csv", _rows(header, "a,x,3,2020-01-05", "b,x,4,2020-01-06", "a,y,5,2020-01-07"))
    [table] = _guessed(tmp_path).values()
    parts = dict(zip(("user", "item", "weight", "time"), expected, strict=True))
    assert (table.role, table.columns) == ("interactions", parts)


def test_items_with_label_document_and_links_are_found(tmp_path: Path, write: Write) -> None:
    write("log.csv", _rows("user,item", "a,1", "a,2", "b,1"))
    text = "A long tale of many words that goes on and on until the very end of the road"
    write(
        "catalog.csv",
        "item;headline;blurb;tags;maker;price;image_url;year\n"
        f"1;First;{text} one;red|blue;Acme;12.5;http://x/1.png;1990\n"
        f"2;Second;{text} two;blue;Acme;13.5;http://x/2.png;1995\n"
        f"3;Third;{text} three;red|green;Bolt;14.0;http://x/3.png;2001\n",
    )
    table = _guessed(tmp_path)["catalog.csv"]
    assert table.columns == {"item": "item", "label": "headline", "text": "blurb"}
    assert [(link.column, link.relation, link.separator, link.bin) for link in table.links] == [
        ("tags", "has_tag", "|", None),
        ("maker", "made_by", None, None),
        ("year", "from_decade", None, 10.0),
    ]


def test_the_file_name_says_what_a_bare_id_is(tmp_path: Path, write: Write) -> None:
    write("ratings.csv", _rows("user_id,book_id,rating", "1,7,3", "2,7,4", "1,8,5"))
    write("books.csv", _rows("id,title", "7,Seven", "8,Eight"))
    write("users.csv", _rows("id,name", "1,Ann", "2,Bob"))
    guessed = _guessed(tmp_path)
    assert (guessed["books.csv"].role, guessed["users.csv"].role) == ("items", "users")


def test_names_that_tell_nothing_are_settled_by_the_values(tmp_path: Path, write: Write) -> None:
    write("a.csv", _rows("left,right", "p,1", "q,1", "p,2", "q,3", "p,3"))
    write("b.csv", _rows("key,words", "1,One thing", "2,Another", "3,Third"))
    guessed = _guessed(tmp_path)
    assert guessed["a.csv"].columns == {"user": "left", "item": "right"}
    assert (guessed["b.csv"].role, guessed["b.csv"].columns["item"]) == ("items", "key")


@pytest.mark.parametrize(
    ("text", "role", "columns"),
    [
        ("user_id,friend_id\n1,2\n", "social", {"user": "user_id", "friend": "friend_id"}),
        ("user1,user2\n1,2\n", "social", {"user": "user1", "friend": "user2"}),
        ("user,item,tag\n1,7,red\n", "tags", {"user": "user", "item": "item", "tag": "tag"}),
        ("h,r,t\n7,by,9\n", "triples", {"head": "h", "relation": "r", "tail": "t"}),
        ("item,entity\n7,m7\n", "item_links", {"item": "item", "entity": "entity"}),
        ("entity,label\nm7,Seven\n", "entities", {"entity": "entity", "label": "label"}),
    ],
)
def test_each_other_role_is_told_by_its_names(
    text: str, role: str, columns: dict[str, str], tmp_path: Path, write: Write
) -> None:
    write("ratings.csv", _rows("user_id,item_id,rating", "1,7,3", "2,7,4", "1,8,5"))
    write("other.csv", text)
    table = _guessed(tmp_path)["other.csv"]
    assert (table.role, table.columns) == (role, columns)


def test_no_interactions_is_said_with_what_was_found(tmp_path: Path, write: Write) -> None:
    write("shop.csv", _rows("customer,stars,date", "a,1,2020-01-01", "a,2,2020-01-02"))
    with pytest.raises(
        DataError, match=r"shop\.csv.*'customer' names the user, no column the item"
    ):
        guess_mapping(tmp_path, name="x")


def test_a_folder_without_tables_is_refused(tmp_path: Path, write: Write) -> None:
    write("README.md", "nothing here")
    write("LICENSE", "none")
    with pytest.raises(DataError, match="holds no tables"):
        guess_mapping(tmp_path, name="x")


def test_the_fault_of_the_only_file_is_raised(tmp_path: Path, write: Write) -> None:
    write("ratings.csv", "")
    with pytest.raises(DataError, match="is empty"):
        guess_mapping(tmp_path, name="x")


def test_a_first_line_of_values_is_not_taken_for_names(tmp_path: Path, write: Write) -> None:
    write("u.data", "196\t242\t3\t881250949\n186\t302\t3\t891717742\n")
    with pytest.raises(DataError, match="begins with a line of values"):
        guess_mapping(tmp_path, name="x")


def test_files_that_are_not_used_are_listed_with_the_reason(tmp_path: Path, write: Write) -> None:
    write("ratings.csv", _rows("user_id,item_id,rating", "1,7,3", "2,7,4", "1,8,5"))
    write("empty.csv", "")
    write("weather.csv", _rows("town,rain", "Rome,2", "Oslo,9"))
    reasons = dict(unused_files(tmp_path, guess_mapping(tmp_path, name="x")))
    assert "is empty" in reasons["empty.csv"]
    assert "do not tell" in reasons["weather.csv"]


def test_words_of_a_name_are_split_in_any_style() -> None:
    assert name_words("movieId") == ["movie", "id"]
    assert name_words("Book-Title") == ["book", "title"]
    assert name_words("user_id_2") == ["user", "id", "2"]


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("Genres", ("has_genre", "genre", None)),
        ("director", ("directed_by", "person", None)),
        ("categories", ("in_category", "category", None)),
        ("release_year", ("from_decade", "decade", 10.0)),
        ("moods", ("has_mood", "mood", None)),
    ],
)
def test_a_column_name_suggests_a_relation(
    column: str, expected: tuple[str, str, float | None]
) -> None:
    assert link_name(column) == expected


def test_a_comma_inside_of_one_name_is_no_separator() -> None:
    assert find_separator(["Tyler, the Creator", *["Queen"] * 30]) is None
    assert find_separator(["Ann, Bob", "Cid", "Ann, Cid"]) == ", "
    assert find_separator(["a|b", "c"]) == "|"


def test_addresses_and_lists_are_no_prose() -> None:
    prose = "a tale of two towns and of all the people that ever lived in them"
    assert text_likeness("plot", [prose, prose + " again"]) >= 1
    assert text_likeness("link", ["http://example.org/a b c d e f g h i j k l m n"]) == 0
    assert text_likeness("cast", ["Ann A|Bob B|Cid C|Dora D|Emil E|Finn F|Gus G"]) == 0


ENROLMENTS = _rows("Besucher;Nummer", "L1;C1", "L2;C1", "L1;C2", "L2;C3", "L3;C3", "L3;C2")


def test_the_key_is_the_column_whose_ids_the_interactions_hold(
    tmp_path: Path, write: Write
) -> None:
    write("log.csv", ENROLMENTS)
    write("offers.csv", _rows("Code;Titel;Raum", "C1;First steps;A", "C2;Further;B", "C3;End;A"))
    table = _guessed(tmp_path)["offers.csv"]
    assert (table.role, table.columns) == ("items", {"item": "Code", "label": "Titel"})


def test_a_key_with_some_ids_of_the_interactions_stays_the_key(
    tmp_path: Path, write: Write
) -> None:
    write("log.csv", _rows("user_id,item_id", *(f"u{n % 3},{n % 20}" for n in range(60))))
    rows = (f"{n + 15},{n},Name {n}" for n in range(20))
    write("items.csv", _rows("item_id,place,title", *rows))
    assert _guessed(tmp_path)["items.csv"].columns["item"] == "item_id"


def test_two_columns_of_users_are_links_between_them(tmp_path: Path, write: Write) -> None:
    write("log.csv", ENROLMENTS)
    write("pairs.csv", _rows("left;right", "L1;L2", "L1;L3", "L2;L3", "L2;L1"))
    table = _guessed(tmp_path)["pairs.csv"]
    assert (table.role, table.columns) == ("social", {"user": "left", "friend": "right"})


def test_two_columns_of_numbers_are_no_links_between_users(tmp_path: Path, write: Write) -> None:
    write("log.csv", _rows("who,what", "1,a", "2,a", "1,b", "2,c", "3,c", "3,b"))
    write("pairs.csv", _rows("left,right", "1,2", "1,3", "2,3", "2,1"))
    assert "pairs.csv" not in _guessed(tmp_path)


def test_attributes_of_users_become_links(tmp_path: Path, write: Write) -> None:
    write("log.csv", ENROLMENTS)
    rows = ("L1;writer;a@x.org", "L2;nurse;b@x.org", "L3;writer;c@x.org", "L4;nurse;d@x.org")
    write("people.csv", _rows("Besucher;occupation;email", *rows))
    table = _guessed(tmp_path)["people.csv"]
    assert [(link.column, link.relation) for link in table.links] == [
        ("occupation", "has_occupation")
    ]


def test_a_name_with_a_comma_is_not_split() -> None:
    assert find_separator(["Smith, Jr.", "Jones, Jr.", "Brown"]) is None
    assert find_separator(["Paris, TX", "Paris, TX", "Rome"]) is None
    assert find_separator(["Ann, Bob, Cid", "Dora, Emil, Finn"]) == ", "
