"""The samples hold what their READMEs promise and can be written again byte for byte."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from collections import Counter
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest

SAMPLES = Path(__file__).parents[2] / "sample_data"
MOVIES = SAMPLES / "movies"
MESSY = SAMPLES / "messy"
SIMULATED = ("users.csv", "ratings.csv", "friends.csv", "tags.csv", "planted.json")
LISTED = ("directors", "cast", "genres", "country")
MESSY_FILES = sorted(path.name for path in MESSY.glob("*.csv") if path.name != "big_cell.csv")


@cache
def table(name: str) -> list[dict[str, str]]:
    with (MOVIES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def planted() -> list[dict]:
    return json.loads((MOVIES / "planted.json").read_text(encoding="utf-8"))


@cache
def films_by_user() -> dict[str, set[str]]:
    seen: dict[str, set[str]] = {}
    for row in table("ratings.csv"):
        seen.setdefault(row["user_id"], set()).add(row["film_id"])
    return seen


def matching_films(reason: dict[str, str]) -> set[str]:
    if reason["kind"] == "mood":
        moods = json.loads((MOVIES / "moods.json").read_text(encoding="utf-8"))
        return {film_id for film_id, names in moods.items() if names[0] == reason["entity"]}
    column = {"director": "directors", "actor": "cast", "country": "country"}[reason["kind"]]
    return {
        film["film_id"]
        for film in table("films.csv")
        if reason["entity"] in film[column].split("|")
    }


group_cases = pytest.mark.parametrize("group", planted(), ids=lambda group: group["group"])


def run_script(script: Path, *arguments: str) -> None:
    subprocess.run([sys.executable, str(script), *arguments], check=True, timeout=120)


def test_readme_opens_with_what_is_simulated_and_what_is_real() -> None:
    first = (MOVIES / "README.md").read_text(encoding="utf-8").splitlines()[0]
    assert "behavior" in first
    assert "simulated" in first
    assert "facts" in first
    assert "real" in first


def test_row_counts_and_columns_are_the_ones_the_readme_promises() -> None:
    readme = (MOVIES / "README.md").read_text(encoding="utf-8")
    promised = re.findall(r"^\| `(\w+\.csv)` \| (\d+) \| (.+) \|$", readme, re.MULTILINE)
    assert {name for name, _, _ in promised} == {path.name for path in MOVIES.glob("*.csv")}
    for name, count, columns in promised:
        rows = table(name)
        assert len(rows) == int(count), name
        assert set(re.findall(r"`(\w+)`", columns)) == set(rows[0]), name


def test_readme_table_of_planted_groups_agrees_with_planted_json() -> None:
    readme = (MOVIES / "README.md").read_text(encoding="utf-8")
    titles = {film["film_id"]: film["title"] for film in table("films.csv")}
    lines = re.findall(
        r"^\| `(\w+)` \| [^|]+ \| (\d+) \| [^|]+ \| ([^|]+) \|$", readme, re.MULTILINE
    )
    promised = {name: (int(count), held.split("; ")) for name, count, held in lines}
    actual = {
        group["group"]: (len(group["users"]), [titles[film] for film in group["held_back"]])
        for group in planted()
    }
    assert promised == actual


def test_catalogue_is_large_varied_and_complete() -> None:
    films = table("films.csv")
    directors = Counter(name for film in films for name in film["directors"].split("|"))
    genres = {name for film in films for name in film["genres"].split("|")}
    assert len(films) >= 320
    assert sum(count >= 4 for count in directors.values()) >= 35
    assert 12 <= len(genres) <= 18
    assert all(1930 <= int(film["year"]) <= 2023 for film in films)
    assert all(value.strip() == value != "" for film in films for value in film.values())


def test_no_list_cell_of_a_film_repeats_or_skips_a_value() -> None:
    for film in table("films.csv"):
        for column in LISTED:
            values = film[column].split("|")
            assert len(set(values)) == len(values), (film["film_id"], column)
            assert all(value.strip() == value != "" for value in values), (film["film_id"], column)


def test_film_ids_titles_with_year_and_descriptions_are_unique() -> None:
    films = table("films.csv")
    assert len({film["film_id"] for film in films}) == len(films)
    assert len({(film["title"], film["year"]) for film in films}) == len(films)
    assert len({film["description"] for film in films}) == len(films)


def test_every_id_in_ratings_friends_and_tags_exists() -> None:
    users = {user["user_id"] for user in table("users.csv")}
    films = {film["film_id"] for film in table("films.csv")}
    for name in ("ratings.csv", "tags.csv"):
        assert {row["user_id"] for row in table(name)} <= users
        assert {row["film_id"] for row in table(name)} <= films
    assert {value for row in table("friends.csv") for value in row.values()} <= users


def test_each_user_rates_a_film_at_most_once() -> None:
    pairs = Counter((row["user_id"], row["film_id"]) for row in table("ratings.csv"))
    assert max(pairs.values()) == 1


def test_ratings_are_half_steps_between_half_a_star_and_five() -> None:
    allowed = {0.5 * step for step in range(1, 11)}
    assert {float(row["rating"]) for row in table("ratings.csv")} <= allowed


def test_nobody_rates_before_joining_or_before_the_film_came_out() -> None:
    joined = {user["user_id"]: user["joined"] for user in table("users.csv")}
    years = {film["film_id"]: int(film["year"]) for film in table("films.csv")}
    for row in table("ratings.csv"):
        when = datetime.fromisoformat(row["timestamp"])
        assert 2016 <= when.year <= 2024
        assert when.year > years[row["film_id"]]
        assert row["timestamp"][:10] >= joined[row["user_id"]]


def test_a_pair_of_friends_stands_once_and_never_names_one_person_twice() -> None:
    pairs = [frozenset(row.values()) for row in table("friends.csv")]
    assert all(len(pair) == 2 for pair in pairs)
    assert len(set(pairs)) == len(pairs)


def test_friends_share_more_films_than_strangers() -> None:
    seen = films_by_user()

    def overlap(pairs: list[tuple[str, str]]) -> float:
        shares = [len(seen[a] & seen[b]) / len(seen[a] | seen[b]) for a, b in pairs]
        return sum(shares) / len(shares)

    rows = [(row["user_id"], row["friend_id"]) for row in table("friends.csv")]
    friends = [(a, b) for a, b in rows if a in seen and b in seen]
    # The same people, each with somebody else's friend.
    shifted = zip(friends, friends[50:] + friends[:50], strict=True)
    strangers = [(a, other) for (a, _), (_, other) in shifted if a != other]
    assert overlap(friends) > 1.2 * overlap(strangers)


def test_fourteen_films_and_users_are_cold_and_nine_of_these_users_have_friends() -> None:
    watched = set().union(*films_by_user().values())
    cold_users = {user["user_id"] for user in table("users.csv")} - set(films_by_user())
    befriended = {value for row in table("friends.csv") for value in row.values()}
    assert sum(film["film_id"] not in watched for film in table("films.csv")) == 14
    assert len(cold_users) == 14
    assert len(cold_users & befriended) == 9


def test_popularity_and_activity_are_skewed() -> None:
    views = sorted(Counter(r["film_id"] for r in table("ratings.csv")).values(), reverse=True)
    activity = [len(films) for films in films_by_user().values()]
    assert sum(views[: len(views) // 10]) > 0.25 * sum(views)
    assert max(activity) > 100
    assert sum(count <= 4 for count in activity) >= 45


@group_cases
def test_planted_users_watched_at_least_three_matching_films(group: dict) -> None:
    matching = matching_films(group["reason"])
    assert len(group["users"]) >= 12
    assert all(len(films_by_user()[user] & matching) >= 3 for user in group["users"])


@group_cases
def test_held_back_films_match_the_reason_and_are_unwatched_by_the_group(group: dict) -> None:
    held_back = set(group["held_back"])
    assert held_back
    assert held_back <= matching_films(group["reason"])
    assert all(not films_by_user()[user] & held_back for user in group["users"])


@group_cases
def test_held_back_films_are_known_from_other_people(group: dict) -> None:
    views = Counter(row["film_id"] for row in table("ratings.csv"))
    assert all(views[film] >= 5 for film in group["held_back"])


@group_cases
def test_planted_users_rate_the_films_they_follow_higher(group: dict) -> None:
    matching, users = matching_films(group["reason"]), set(group["users"])
    rows = [row for row in table("ratings.csv") if row["user_id"] in users]
    followed = [float(row["rating"]) for row in rows if row["film_id"] in matching]
    others = [float(row["rating"]) for row in rows if row["film_id"] not in matching]
    assert sum(followed) / len(followed) > sum(others) / len(others) + 0.8


@pytest.mark.parametrize(
    "group",
    [group for group in planted() if group["reason"]["kind"] == "director"],
    ids=lambda group: group["group"],
)
def test_followed_directors_made_at_least_six_films_of_varied_genres(group: dict) -> None:
    matching = matching_films(group["reason"])
    films = [film for film in table("films.csv") if film["film_id"] in matching]
    genres = Counter(name for film in films for name in film["genres"].split("|"))
    assert len(films) >= 6
    assert len(genres) >= 7


def test_planted_groups_cover_the_kinds_of_reasons_and_share_no_user() -> None:
    kinds = Counter(group["reason"]["kind"] for group in planted())
    users = [user for group in planted() for user in group["users"]]
    assert kinds == {"director": 3, "actor": 2, "mood": 1, "country": 1}
    assert len(set(users)) == len(users)


def test_mapping_names_files_and_columns_that_exist() -> None:
    mapping = json.loads((MOVIES / "mapping.json").read_text(encoding="utf-8"))
    assert {entry["file"] for entry in mapping["tables"]} == {p.name for p in MOVIES.glob("*.csv")}
    for entry in mapping["tables"]:
        named = set(entry["columns"].values()) | {link["column"] for link in entry.get("links", ())}
        assert named <= set(table(entry["file"])[0])


def test_simulator_writes_the_committed_files_byte_for_byte(tmp_path: Path) -> None:
    run_script(MOVIES / "simulate.py", "--out", str(tmp_path))
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(SIMULATED)
    for name in SIMULATED:
        assert (tmp_path / name).read_bytes() == (MOVIES / name).read_bytes(), name


def test_messy_maker_writes_the_committed_files_and_the_big_cell(tmp_path: Path) -> None:
    run_script(MESSY / "make.py", "--out", str(tmp_path))
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([*MESSY_FILES, "big_cell.csv"])
    for name in MESSY_FILES:
        assert (tmp_path / name).read_bytes() == (MESSY / name).read_bytes(), name
    assert (tmp_path / "big_cell.csv").stat().st_size > 9_900_000


def test_messy_readme_tells_about_every_file() -> None:
    readme = (MESSY / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(\w+\.csv)`", readme, re.MULTILINE)) == {
        *MESSY_FILES,
        "big_cell.csv",
    }


def test_messy_files_really_have_the_faults_of_encoding() -> None:
    for name in ("latin1.csv", "cp1252.csv"):
        with pytest.raises(UnicodeDecodeError):
            (MESSY / name).read_bytes().decode("utf-8")
    assert "“Bistro”" in (MESSY / "cp1252.csv").read_bytes().decode("cp1252")
    assert (MESSY / "bom.csv").read_bytes().startswith(b"\xef\xbb\xbf")
