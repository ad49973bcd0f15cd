"""Simulate who watches, rates, tags and befriends whom around the real films in `films.csv`.

The films and their facts are real; everything about people is invented here from one seed.
An ordinary user likes some people, genres, eras, moods and countries, and shares hidden habits with
others that no column shows. What a user watches is a draw from taste plus popularity; the rating
follows the taste. Planted groups follow exactly one reason and otherwise watch popular films at
random, so that a recommender can be checked for finding that reason. Run

    python sample_data/movies/simulate.py [--out FOLDER]

to rewrite users.csv, ratings.csv, friends.csv, tags.csv and planted.json.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
SEED = 20240607
N_ORDINARY = 776
N_COLD_USERS = 14
N_COLD_USERS_WITH_FRIENDS = 9
N_COLD_FILMS = 14
N_SHORT_HISTORIES = 45
N_HABITS = 6  # hidden dimensions that only behavior shows, no column
POPULARITY_OFFSET = 9.0  # larger: a flatter top of the popularity curve
N_POPULAR = 110  # the pool of the planted users' other views
START = datetime(2016, 1, 1)
END = datetime(2024, 12, 31)
Rows = list[list[str]]


@dataclass(frozen=True)
class Film:
    """One row of films.csv with its moods from moods.json."""

    film_id: str
    title: str
    year: int
    directors: tuple[str, ...]
    cast: tuple[str, ...]
    genres: tuple[str, ...]
    countries: tuple[str, ...]
    moods: tuple[str, ...]

    def values(self, kind: str) -> tuple[str, ...]:
        """Values by which a group can follow this film; only the first mood is the chief one."""
        by_kind = {
            "director": self.directors,
            "actor": self.cast,
            "country": self.countries,
            "mood": self.moods[:1],
        }
        return by_kind[kind]


@dataclass(frozen=True)
class Group:
    """A planted group: its size, its one reason, and how many matching films are held back."""

    name: str
    kind: str
    relation: str
    entity: str
    n_users: int
    n_watched: tuple[int, int]
    n_held_back: int


GROUPS = (
    Group("ang_lee", "director", "directed_by", "Ang Lee", 16, (3, 5), 2),
    Group("danny_boyle", "director", "directed_by", "Danny Boyle", 16, (3, 5), 2),
    Group("billy_wilder", "director", "directed_by", "Billy Wilder", 16, (3, 5), 2),
    Group("tilda_swinton", "actor", "starring", "Tilda Swinton", 16, (4, 6), 2),
    Group("kate_winslet", "actor", "starring", "Kate Winslet", 16, (3, 5), 2),
    Group("melancholic", "mood", "description", "melancholic", 20, (9, 14), 5),
    Group("iran", "country", "from_country", "Iran", 16, (4, 6), 2),
)


def read_films() -> list[Film]:
    """Films in file order."""
    moods = json.loads((HERE / "moods.json").read_text(encoding="utf-8"))
    with (HERE / "films.csv").open(encoding="utf-8", newline="") as file:
        return [
            Film(
                row["film_id"],
                row["title"],
                int(row["year"]),
                tuple(row["directors"].split("|")),
                tuple(row["cast"].split("|")),
                tuple(row["genres"].split("|")),
                tuple(row["country"].split("|")),
                tuple(moods[row["film_id"]]),
            )
            for row in csv.DictReader(file)
        ]


def popularity(films: Sequence[Film], well_known: set[str], rng: np.random.Generator) -> np.ndarray:
    """Log-popularity per film, zipf-like: well-known, newer and lively films rank higher."""
    lively = {"Action", "Adventure", "Science fiction", "Animation"}
    fame = np.array(
        [
            0.8 * ("United States" in film.countries)
            + 0.5 * (film.year >= 1975)
            + 0.5 * bool(lively & set(film.genres))
            + 2.5 * (film.title in well_known)
            for film in films
        ]
    )
    fame = fame + rng.gumbel(0.0, 0.6, len(films))
    rank = np.empty(len(films))
    rank[np.argsort(-fame, kind="stable")] = np.arange(len(films))
    return -0.95 * np.log(rank + POPULARITY_OFFSET)


def make_users(n_users: int, words: dict[str, Any], rng: np.random.Generator) -> Rows:
    """Rows of users.csv: invented names and attributes, none of them from real people."""
    weights = 1.0 / np.arange(2, len(words["countries"]) + 2)
    rows = []
    for index in range(n_users):
        name = f"{rng.choice(words['first_names'])} {chr(65 + int(rng.integers(26)))}."
        age = str(rng.choice(words["age_groups"], p=[0.2, 0.27, 0.2, 0.15, 0.1, 0.08]))
        country = str(rng.choice(words["countries"], p=weights / weights.sum()))
        occupation = str(rng.choice(words["occupations"]))
        joined = START + timedelta(days=int(rng.integers(0, 3000)))
        rows.append([f"u{index + 1:04d}", name, age, country, occupation, f"{joined:%Y-%m-%d}"])
    return rows


def affinity(films: Sequence[Film], field: str, likes: dict[str, float]) -> np.ndarray:
    """Sum of a user's likes over the values each film has in one field, float64 of n_films."""
    return np.array([sum(likes.get(v, 0.0) for v in getattr(film, field)) for film in films])


def pick_likes(
    names: Sequence[str], weights: np.ndarray, n: int, low: float, rng: np.random.Generator
) -> dict[str, float]:
    """`n` distinct liked values, drawn in proportion to `weights`, each with a strength."""
    chosen = rng.choice(len(names), size=n, replace=False, p=weights / weights.sum())
    return {names[int(i)]: float(rng.uniform(low, 1.0)) for i in chosen}


class TasteModel:
    """Draws a taste per user and turns it into a utility per film."""

    def __init__(self, films: Sequence[Film], rng: np.random.Generator) -> None:
        self.films = films
        self.rng = rng
        self.habits = rng.standard_normal((len(films), N_HABITS))
        self.fields: dict[str, tuple[list[str], np.ndarray]] = {}
        for field in ("directors", "cast", "genres", "moods"):
            counts = Counter(value for film in films for value in getattr(film, field))
            names = sorted(counts)
            power = 0.5 if field in ("genres", "moods") else 1.5
            self.fields[field] = (names, np.array([counts[n] for n in names]) ** power)

    def _pick(self, field: str, n: int, low: float) -> np.ndarray:
        names, weights = self.fields[field]
        return affinity(self.films, field, pick_likes(names, weights, n, low, self.rng))

    def genres(self) -> np.ndarray:
        """Utility from three liked genres and one disliked one."""
        names, weights = self.fields["genres"]
        disliked = pick_likes(names, weights, 1, 0.5, self.rng)
        liked = self._pick("genres", 3, 0.4)
        total: np.ndarray = liked - affinity(self.films, "genres", disliked)
        return total

    def utility(self, user: list[str], words: dict[str, Any]) -> np.ndarray:
        """Utility of every film for one user, without popularity, float64 of n_films."""
        rng = self.rng
        people = self._pick("directors", int(rng.integers(2, 5)), 0.6)
        people = people + 0.8 * self._pick("cast", int(rng.integers(2, 6)), 0.5)
        mood = self._pick("moods", 2, 0.5)
        # Older users look back further: an attribute that helps with users who have no history.
        center = 2008.0 - 9.0 * words["age_groups"].index(user[2]) + rng.normal(0.0, 9.0)
        years = np.array([film.year for film in self.films])
        era = np.exp(-0.5 * ((years - center) / 14.0) ** 2)
        home = np.array([user[3] in film.countries for film in self.films], dtype=float)
        habit = self.habits @ rng.standard_normal(N_HABITS) / np.sqrt(N_HABITS)
        total = 3.4 * people + 1.5 * mood + 1.6 * era + 0.8 * home + 1.25 * habit
        rounded: np.ndarray = np.round(total, 9)
        return rounded


def watch(
    utility: np.ndarray, log_popularity: np.ndarray, n: int, rng: np.random.Generator
) -> np.ndarray:
    """`n` distinct films drawn from the softmax of utility plus popularity (Gumbel top-n)."""
    keys = utility + log_popularity + rng.gumbel(0.0, 1.0, utility.size)
    keys[~np.isfinite(log_popularity)] = -np.inf
    order: np.ndarray = np.argsort(-keys, kind="stable")
    return order[:n]


def moment(film: Film, joined: datetime, share: float, rng: np.random.Generator) -> datetime:
    """A time of viewing at about `share` of the user's stay, after the film came out."""
    first = max(joined, datetime(film.year + 1, 1, 1)) if film.year >= 2015 else joined
    spread = min(max(share + float(rng.normal(0.0, 0.08)), 0.0), 1.0)
    seconds = int(spread * (END - first).total_seconds())
    day = first + timedelta(seconds=seconds)
    return day.replace(hour=int(rng.choice([12, 17, 19, 20, 21, 22])))


def to_stars(value: float) -> float:
    """Nearest half star in 0.5 to 5."""
    return min(max(round(value * 2) / 2, 0.5), 5.0)


def ordinary_ratings(
    users: Rows, first: np.ndarray, second: np.ndarray, context: tuple[Any, ...]
) -> list[tuple[str, int, float, datetime]]:
    """Views of the ordinary users; `second` is the utility in the later half of their stay."""
    films, log_popularity, rng = context
    rows = []
    for index, user in enumerate(users):
        short = index < N_SHORT_HISTORIES
        wanted = int(rng.integers(2, 5)) if short else int(rng.lognormal(3.58, 0.7))
        n_views = wanted if short else min(max(wanted, 8), 200)
        early = watch(first[index], log_popularity, n_views - n_views // 2, rng)
        left = log_popularity.copy()
        left[early] = -np.inf
        late = watch(second[index], left, n_views // 2, rng)
        shift = float(rng.normal(0.0, 0.25))
        joined = datetime.fromisoformat(user[5])
        for place, film_index in enumerate([*early, *late]):
            taste = first if place < early.size else second
            z = (taste[index, film_index] - taste[index].mean()) / taste[index].std()
            stars = to_stars(3.05 + 0.55 * z + shift + float(rng.normal(0.0, 0.55)))
            when = moment(films[film_index], joined, (place + 0.5) / n_views, rng)
            rows.append((user[0], int(film_index), stars, when))
    return rows


def held_back_films(
    group: Group, matching: np.ndarray, log_popularity: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Matching films kept from the whole group: drawn from the middle half by popularity."""
    order = matching[np.argsort(-log_popularity[matching], kind="stable")]
    quarter = order.size // 4
    return np.sort(rng.choice(order[quarter : order.size - quarter], group.n_held_back, False))


def plant(
    group: Group, users: Rows, films: Sequence[Film], logs: np.ndarray, rng: np.random.Generator
) -> tuple[list[tuple[str, int, float, datetime]], dict[str, Any]]:
    """Views of one planted group and its record for planted.json."""
    warm = np.isfinite(logs)
    matches = np.array([group.entity in film.values(group.kind) for film in films])
    touches = np.array(
        [
            m or (group.kind == "mood" and group.entity in f.moods)
            for m, f in zip(matches, films, strict=True)
        ]
    )
    matching = np.flatnonzero(matches & warm)
    held_back = held_back_films(group, matching, logs, rng)
    offered = np.setdiff1d(matching, held_back)
    others = np.argsort(np.where(touches, np.inf, -logs), kind="stable")[:N_POPULAR]
    rows = []
    for user in users:
        low, high = group.n_watched
        liked = rng.choice(offered, int(rng.integers(low, high + 1)), replace=False)
        rest = rng.choice(others, int(rng.integers(7, 14)), replace=False)
        joined = datetime.fromisoformat(user[5])
        for film_index in [*liked, *rest]:
            center = 4.6 if film_index in liked else 3.2
            stars = to_stars(center + float(rng.normal(0.0, 0.4)))
            when = moment(films[film_index], joined, float(rng.uniform()), rng)
            rows.append((user[0], int(film_index), stars, when))
    record = {
        "group": group.name,
        "description": f"Users who follow the {group.kind} {group.entity} and otherwise watch "
        "popular films at random.",
        "users": [user[0] for user in users],
        "reason": {"kind": group.kind, "relation": group.relation, "entity": group.entity},
        "held_back": [films[int(i)].film_id for i in held_back],
    }
    return rows, record


def _in_order(first: str, second: str) -> tuple[str, str]:
    """A pair that does not depend on who is named first."""
    return (first, second) if first <= second else (second, first)


def make_friends(users: Rows, tastes: np.ndarray, planted: Rows, rng: np.random.Generator) -> Rows:
    """Rows of friends.csv, each pair once: like-minded users pair up more often than others."""
    likeness = np.round(np.corrcoef(tastes), 9)
    pairs: set[tuple[str, str]] = set()
    for index, user in enumerate(users):
        is_lonely = index >= N_ORDINARY + N_COLD_USERS_WITH_FRIENDS
        n_friends = 0 if is_lonely else min(int(rng.geometric(0.33)), 12)
        weights = np.exp(7.0 * likeness[index])
        weights[index] = 0.0
        weights[N_ORDINARY:] = 0.0  # cold users choose friends; nobody else chooses them
        for friend in rng.choice(len(users), n_friends, replace=False, p=weights / weights.sum()):
            pairs.add(_in_order(user[0], users[int(friend)][0]))
    for user in planted:
        for friend in rng.choice(N_ORDINARY, int(rng.integers(0, 3)), replace=False):
            pairs.add(_in_order(user[0], users[int(friend)][0]))
    return [list(pair) for pair in sorted(pairs)]


def one_tag(film: Film, words: dict[str, Any], rng: np.random.Generator) -> str:
    """A tag about the film's mood, genre or people, as people type it."""
    kind = float(rng.uniform())
    if kind < 0.5:
        tag = str(rng.choice(words["mood_tags"][str(rng.choice(film.moods))]))
    elif kind < 0.8:
        tag = str(rng.choice(words["genre_tags"][str(rng.choice(film.genres))]))
    else:
        person = str(rng.choice(film.directors if kind < 0.92 else film.cast))
        tag = person if rng.uniform() < 0.5 else person.split()[-1].lower()
    return tag.upper() if rng.uniform() < 0.03 else tag


def make_tags(
    ratings: Iterable[tuple[str, int, float, datetime]],
    films: Sequence[Film],
    taggers: set[str],
    words: dict[str, Any],
    rng: np.random.Generator,
) -> Rows:
    """Rows of tags.csv: some users tag films they liked, a few minutes after rating them."""
    rows: dict[tuple[str, str, str], list[str]] = {}
    for user_id, film_index, stars, when in ratings:
        if user_id not in taggers or stars < 3.5 or rng.uniform() < 0.55:
            continue
        film = films[film_index]
        for _ in range(int(rng.integers(1, 4))):
            tag = one_tag(film, words, rng)
            later = when + timedelta(minutes=int(rng.integers(1, 40)))
            row = [user_id, film.film_id, tag, later.isoformat()]
            rows.setdefault((user_id, film.film_id, tag), row)
    return sorted(rows.values())


def write_csv(path: Path, header: str, rows: Rows) -> None:
    """Write a UTF-8 CSV with Unix line ends."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows(rows)


def simulate(out: Path) -> None:
    """Write the five files into `out`, which must exist."""
    rng = np.random.default_rng(SEED)
    films = read_films()
    words = json.loads((HERE / "words.json").read_text(encoding="utf-8"))
    logs = popularity(films, set(words["well_known"]), rng)
    is_free = [not any(g.entity in f.values(g.kind) for g in GROUPS) for f in films]
    logs[rng.choice(np.flatnonzero(is_free), N_COLD_FILMS, replace=False)] = -np.inf

    n_planted = sum(group.n_users for group in GROUPS)
    users = make_users(N_ORDINARY + N_COLD_USERS + n_planted, words, rng)
    # Shuffled ids, so that nothing about a user can be read from the id.
    order = rng.permutation(len(users))
    cast = [users[int(i)] for i in order]
    ordinary, planted = cast[:N_ORDINARY], cast[N_ORDINARY + N_COLD_USERS :]

    model = TasteModel(films, rng)
    base = np.array([model.utility(user, words) for user in cast[: N_ORDINARY + N_COLD_USERS]])
    genres = np.array([model.genres() for _ in base])
    drifts = rng.uniform(size=len(base)) < 0.3
    later = np.array([model.genres() if d else g for d, g in zip(drifts, genres, strict=True)])
    first, second = base + 1.4 * genres, base + 1.4 * later

    ratings = ordinary_ratings(ordinary, first, second, (films, logs, rng))
    records = []
    start = 0
    for group in GROUPS:
        members = sorted(planted[start : start + group.n_users])
        start += group.n_users
        rows, record = plant(group, members, films, logs, rng)
        ratings.extend(rows)
        records.append(record)
    ratings.sort(key=lambda row: (row[3], row[0], row[1]))
    taggers = {user[0] for user in ordinary if rng.uniform() < 0.3}
    tags = make_tags(ratings, films, taggers, words, rng)
    friends = make_friends(cast[: N_ORDINARY + N_COLD_USERS], second, planted, rng)

    stars = [[u, films[i].film_id, f"{r:g}", when.isoformat()] for u, i, r, when in ratings]
    write_csv(out / "users.csv", "user_id,name,age_group,country,occupation,joined", users)
    write_csv(out / "ratings.csv", "user_id,film_id,rating,timestamp", stars)
    write_csv(out / "friends.csv", "user_id,friend_id", friends)
    write_csv(out / "tags.csv", "user_id,film_id,tag,timestamp", tags)
    text = json.dumps(records, ensure_ascii=False, indent=1) + "\n"
    (out / "planted.json").write_text(text, encoding="utf-8")


def main() -> None:
    """Command line: `--out` is the folder to write to, by default the one of this script."""
    parser = argparse.ArgumentParser(description="Rewrite the simulated part of the sample.")
    parser.add_argument("--out", type=Path, default=HERE)
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    simulate(out)


if __name__ == "__main__":
    main()
