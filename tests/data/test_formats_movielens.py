from __future__ import annotations

from pathlib import Path

from kgrec_core.data.formats import detect_format, read_dataset
from tests.data_samples import Write

MOVIES = (
    "movieId,title,genres\n"
    '1,"One, The (1995)",Drama|War\n'
    "2,Two (2003),(no genres listed)\n"
    "3,Three,Comedy\n"
)
RATINGS = "userId,movieId,rating,timestamp\n7,1,4.5,964982703\n8,2,3,964982704\n"


def _latest(write: Write, below: str = "") -> None:
    write(f"{below}movies.csv", MOVIES)
    write(f"{below}ratings.csv", RATINGS)
    write(f"{below}tags.csv", "userId,movieId,tag,timestamp\n7,2,dark,964982703\n")
    write(f"{below}links.csv", "movieId,imdbId,tmdbId\n1,0114709,862\n2,0113497,8844\n")


def test_the_latest_layout_gives_genres_decades_tags_and_numbers(
    tmp_path: Path, write: Write
) -> None:
    _latest(write)
    dataset, problems = read_dataset(tmp_path)
    assert detect_format(tmp_path) == "movielens"
    assert dataset.item_labels == ["One, The (1995)", "Two (2003)", "Three"]
    links = {
        column.link.relation: (column.rows.tolist(), column.values) for column in dataset.columns
    }
    assert links == {
        "has_genre": ([2, 4], ("Drama|War", "Comedy")),
        "from_decade": ([2, 3], ("1995", "2003")),
    }
    assert dataset.item_table["imdbId"].to_list() == ["0114709", "0113497", ""]
    assert dataset.tags["tag"].to_list() == ["dark"]
    assert dataset.interactions.weights.tolist() == [4.5, 3]
    assert dataset.interactions.times.tolist() == [964982703, 964982704]
    assert problems == []


def test_the_layout_is_found_in_raw_below(tmp_path: Path, write: Write) -> None:
    _latest(write, "ml/raw/")
    assert detect_format(tmp_path / "ml") == "movielens"
    dataset, _ = read_dataset(tmp_path / "ml")
    assert (dataset.name, dataset.n_items) == ("ml", 3)


def test_texts_and_a_named_graph_beside_it_are_taken_instead_of_genres(
    tmp_path: Path, write: Write
) -> None:
    _latest(write, "raw/")
    plot = "A long tale of many words that goes on until the very end of the road"
    write(
        "derived/items.tsv",
        f"movieId\ttitle\tdirector\toverview\n1\tOne\tAda\t{plot}\n9\tNine\t\t{plot}\n",
    )
    write("derived/kg.tsv", "h\tr\tt\n1\thas_genre\tgenre:Drama\n2\tdirected_by\tperson:Ada\n")
    dataset, problems = read_dataset(tmp_path)
    assert dataset.documents == [plot, "", ""]
    assert dataset.columns == ()
    assert dataset.triples.rows() == [
        ("1", "has_genre", "genre:Drama", "kg.tsv", 2),
        ("2", "directed_by", "person:Ada", "kg.tsv", 3),
    ]
    assert dataset.item_entities == {0: "1", 1: "2"}
    assert [(p.file, p.lines) for p in problems] == [("items.tsv", (3,))]


def test_people_of_an_item_table_become_links_when_there_is_no_graph(
    tmp_path: Path, write: Write
) -> None:
    _latest(write)
    write("items.tsv", "movieId\tcast\n1\tAda, Bo\n2\tBo, Cy\n")
    dataset, _ = read_dataset(tmp_path)
    cast = next(column for column in dataset.columns if column.link.relation == "starring")
    assert (cast.link.separator, cast.values) == (", ", ("Ada, Bo", "Bo, Cy"))


def test_the_100k_layout_is_read_from_its_pipes_and_flags(tmp_path: Path, write: Write) -> None:
    write("u.data", "1\t2\t3\t881250949\n2\t1\t5\t891717742\n")
    write("u.genre", "unknown|0\nAction|1\nSci-Fi|2\n\n")
    item = "1|Café (1995)|01-Jan-1995||http://x|0|1|1\n2|unknown||||1|0|0\n"
    write("u.item", item.encode("latin-1"))
    write("u.user", "1|24|M|technician|85711\n2|53|F|other|94043\n")
    dataset, problems = read_dataset(tmp_path)
    assert detect_format(tmp_path) == "movielens"
    assert dataset.item_labels == ["Café (1995)", "unknown"]
    found = {(column.owner, column.link.relation): column.values for column in dataset.columns}
    assert found["item", "has_genre"] == ("Action|Sci-Fi",)
    assert found["item", "from_decade"] == ("1995",)
    assert found["user", "has_occupation"] == ("technician", "other")
    assert dataset.interactions.user_indices.tolist() == [0, 1]
    assert dataset.interactions.item_indices.tolist() == [1, 0]
    assert [problem.file for problem in problems] == ["u.item"]


def test_the_1m_layout_is_read_from_its_double_colons(tmp_path: Path, write: Write) -> None:
    write("ratings.dat", "1::2::3::978300760\n")
    write("movies.dat", "1::One: Part 1 (1995)::Drama\n2::Two (1996)::Comedy|War\n")
    write("users.dat", "1::F::1::10::48067\n")
    dataset, problems = read_dataset(tmp_path)
    assert dataset.item_labels == ["One: Part 1 (1995)", "Two (1996)"]
    assert dataset.interactions.item_indices.tolist() == [1]
    assert dataset.user_table["zip"].to_list() == ["48067"]
    assert problems == []
