"""Does the trained model find the reasons that were planted in the sample?"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from kgrec_core.config import SplitSettings
from kgrec_core.data.dataset import Dataset
from kgrec_core.data.formats import read_dataset
from kgrec_core.data.splitting import make_split
from kgrec_core.embedding.text_encoder import open_encoder
from kgrec_core.explanation.names import Names
from kgrec_core.explanation.reasons import Reason, reasons
from kgrec_core.graph.from_dataset import build_graph
from kgrec_core.graph.leakage import training_graph
from kgrec_core.recommender.contract import Recommender, TrainingData, UserEvidence
from kgrec_core.recommender.registry import create_recommender
from kgrec_core.rng import make_rng

SAMPLE = Path(__file__).parents[2] / "sample_data" / "movies"
PLANTED = {group["group"]: group for group in json.loads((SAMPLE / "planted.json").read_text())}


@dataclass
class Trained:
    dataset: Dataset
    data: TrainingData
    recommender: Recommender
    names: Names

    def evidence(self, user_id: str) -> UserEvidence:
        return UserEvidence.of_user(self.data.known(), self.dataset.users.index_of(user_id))

    def pairs(self, group: str) -> list[tuple[UserEvidence, int]]:
        """Each planted user with each film that was held back from the group."""
        films = [self.dataset.items.index_of(film) for film in PLANTED[group]["held_back"]]
        users = [self.evidence(user) for user in PLANTED[group]["users"]]
        return [(user, film) for user in users for film in films]

    def told(self, group: str) -> list[list[Reason]]:
        return [
            reasons(self.recommender.explain(user, film), self.names)
            for user, film in self.pairs(group)
        ]

    def rank(self, user: UserEvidence, film: int) -> int:
        scores = self.recommender.score([user])[0]
        unseen = np.setdiff1d(np.arange(scores.size), user.item_indices)
        return int((scores[unseen] > scores[film]).sum()) + 1


@pytest.fixture(scope="module")
def trained() -> Trained:
    dataset, _ = read_dataset(SAMPLE)
    split = make_split(dataset, SplitSettings(test_fraction=0.05))
    graph = training_graph(build_graph(dataset), dataset, split.test)
    vectors = open_encoder("minilm").encode(dataset.documents)
    data = TrainingData(split.train, split.validation, graph, vectors)
    recommender = create_recommender("fusion", {})
    recommender.fit(data, rng=make_rng(0))
    return Trained(dataset, data, recommender, Names(graph, dataset.items.ids))


def share(hits: list[bool]) -> float:
    return sum(hits) / len(hits)


@pytest.mark.parametrize("group", ["ang_lee", "danny_boyle", "billy_wilder"])
def test_followers_of_a_director_are_told_the_director_first(trained: Trained, group: str) -> None:
    label = f"directed by {PLANTED[group]['reason']['entity']}"
    assert share([told[0].label == label for told in trained.told(group)]) >= 0.75


@pytest.mark.parametrize("group", ["tilda_swinton", "kate_winslet"])
def test_followers_of_an_actor_find_the_actor_among_the_three_strongest_links(
    trained: Trained, group: str
) -> None:
    label = f"starring {PLANTED[group]['reason']['entity']}"
    found = [
        label in [reason.label for reason in told if reason.modality == "graph"][:3]
        for told in trained.told(group)
    ]
    assert share(found) >= 0.6  # by chance one of dozens of links would rarely be among three


def test_followers_of_a_country_are_told_something_that_only_its_films_have(
    trained: Trained,
) -> None:
    graph = trained.names.graph
    iran = graph.entities.index_of("country:Iran")
    films = set(graph.triples[graph.triples[:, 2] == iran, 0].tolist())
    linked = {
        entity: set(graph.triples[graph.triples[:, 2] == entity, 0].tolist())
        for entity in range(graph.n_items, graph.n_entities)
    }
    own = {graph.entity_labels[e] for e, items in linked.items() if items and items <= films}
    found = [
        any(reason.label.endswith(name) for reason in told[:3] for name in own)
        for told in trained.told("iran")
    ]
    assert {"Iran", "Persian", "Abbas Kiarostami"} <= own
    assert share(found) >= 0.9


def test_held_back_films_rank_in_the_first_tenth(trained: Trained) -> None:
    groups = ["ang_lee", "danny_boyle", "billy_wilder", "iran"]
    ranks = {g: [trained.rank(user, film) for user, film in trained.pairs(g)] for g in groups}
    pooled = [rank for found in ranks.values() for rank in found]
    assert np.median(pooled) <= trained.dataset.n_items / 10
    # One small group is a matter of chance, but none may be far off.
    assert max(np.median(found) for found in ranks.values()) <= trained.dataset.n_items / 5
