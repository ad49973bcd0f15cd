"""Does the knowledge graph say anything about who likes what? Asked before a model is believed.

Unseen items are ranked for users by shared links alone, once with the true links and often with
the same links shuffled among the items. Links that say something about the items must beat links
that belong to somebody else; a link file with wrong ids does not.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from pydantic import BaseModel, ConfigDict, Field

from kgrec_core.config import SplitSettings
from kgrec_core.contracts import BoolArray, OnProgress, Progress, no_progress
from kgrec_core.data.dataset import Dataset
from kgrec_core.data.interactions import Interactions
from kgrec_core.data.splitting import make_split
from kgrec_core.errors import ArtifactError, DataError
from kgrec_core.evaluation.bootstrap import mean_intervals
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.graph.leakage import training_graph
from kgrec_core.pipeline.benchmarking import benchmark_folder
from kgrec_core.pipeline.building import ensure_graph
from kgrec_core.pipeline.signal_ranking import (
    ContentRanking,
    HeldOut,
    LinkFeatures,
    dealt_out,
    link_features,
)
from kgrec_core.pipeline.signal_result import (
    CARRIES,
    NO_LINKS,
    NOTHING,
    WEAK,
    WRONG,
    LinkSignal,
    SignalResult,
)
from kgrec_core.rng import make_rng
from kgrec_core.storage.artifacts import read_json, write_json
from kgrec_core.storage.workspace import Workspace

__all__ = [
    "LinkSignal",
    "SignalResult",
    "SignalSettings",
    "kept_signal",
    "measure_signal",
    "signal_of_links",
]

SIGNAL_NAME = "signal.json"
LEVEL = 0.05
CLEAR_GAIN = 0.25
CLEAR_DEVIATIONS = 3.0
LOW_PERCENT, HIGH_PERCENT = 2.5, 97.5


class SignalSettings(BaseModel):
    """How the links are tested."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    n_scrambles: int = Field(
        default=99, ge=20, description="How often the links are shuffled among the items."
    )
    n_relation_scrambles: int = Field(
        default=20, ge=20, description="The same for each relation alone."
    )
    max_relations: int = Field(
        default=40, ge=0, description="Relations tested alone; those with the most links first."
    )
    max_users: int = Field(default=300, ge=2, description="Users that are drawn for the test.")
    k: int = Field(default=20, ge=1, description="Length of the lists.")
    n_bootstrap: int = Field(default=1000, ge=1, description="Resamples of the users.")
    seed: int = Field(default=0, ge=0, description="Seed of split, users and deals.")


def measure_signal(
    workspace: Workspace,
    dataset_fingerprint: str,
    settings: SignalSettings | None = None,
    *,
    on_progress: OnProgress = no_progress,
) -> SignalResult:
    """Test the graph of a data set and keep the result beside its benchmarks.

    Raises:
        ArtifactError: the data set is missing or damaged.
        DataError: no user has both a history and a held-out item.
    """
    wanted = settings or SignalSettings()
    dataset = workspace.load_dataset(dataset_fingerprint)
    graph = ensure_graph(workspace, dataset_fingerprint, on_progress)
    split = make_split(dataset, _split_settings(dataset, wanted.seed))
    # Ranked on validation: the test part stays for the models.
    graph = training_graph(graph, dataset, split.validation.joined(split.test))
    result = signal_of_links(
        graph, split.train, split.validation, wanted, name=dataset.name, on_progress=on_progress
    )
    folder = benchmark_folder(workspace, dataset_fingerprint)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArtifactError(f"Cannot make the folder {folder}: {error.strerror}.") from None
    write_json(folder / SIGNAL_NAME, result.to_json())
    return result


def kept_signal(workspace: Workspace, dataset_fingerprint: str) -> SignalResult | None:
    """The latest result of `measure_signal`; None when there is none that can be read."""
    path = benchmark_folder(workspace, dataset_fingerprint) / SIGNAL_NAME
    try:
        return SignalResult.from_json(read_json(path))
    except (ArtifactError, KeyError, TypeError, ValueError):
        return None


def signal_of_links(
    graph: KnowledgeGraph,
    train: Interactions,
    held_out: Interactions,
    settings: SignalSettings,
    *,
    name: str = "",
    on_progress: OnProgress = no_progress,
) -> SignalResult:
    """Test a graph on histories and held-out items.

    Raises:
        DataError: no user has both a history and a held-out item.
    """
    rng = make_rng(settings.seed)
    users = _held_out(train, held_out, settings.max_users, rng)
    test = _Test(users, settings, rng)
    files, relations = _files(graph), _relations(graph, settings.max_relations)
    n_steps = 1 + len(files) + len(relations)

    def step(done: int) -> None:
        on_progress(Progress("Testing the links", done, n_steps, {}))

    step(0)
    overall = test.signal("all", link_features(graph), settings.n_scrambles)
    found: list[LinkSignal] = []
    for label, chosen in [*files, *relations]:
        step(1 + len(found))
        is_file = len(found) < len(files)
        n = settings.n_scrambles if is_file else settings.n_relation_scrambles
        found.append(test.signal(label, link_features(graph, chosen), n))
    step(n_steps)
    return SignalResult(
        dataset=name,
        metric=f"ndcg@{settings.k}",
        n_users=users.n_users,
        n_scrambles=settings.n_scrambles,
        random=test.random(graph.n_items),
        popularity=test.popularity(train),
        overall=overall,
        sources=tuple(found[: len(files)]),
        relations=tuple(found[len(files) :]),
    )


def _files(graph: KnowledgeGraph) -> list[tuple[str, BoolArray]]:
    """Each file with the triples that it states, the one with the most first."""
    owners = graph.provenance["file"].to_numpy()
    names, counts = np.unique(owners.astype(str), return_counts=True)
    order = np.argsort(-counts, kind="stable")
    return [(str(names[place]), np.asarray(owners == names[place])) for place in order]


def _relations(graph: KnowledgeGraph, n_most: int) -> list[tuple[str, BoolArray]]:
    """The relations with the most triples, and theirs."""
    kinds = graph.triples[:, 1]
    counts = np.bincount(kinds, minlength=graph.n_relations)
    order = np.argsort(-counts, kind="stable")[:n_most]
    return [(graph.relations.id_of(int(kind)), np.asarray(kinds == kind)) for kind in order]


def _split_settings(dataset: Dataset, seed: int) -> SplitSettings:
    """Parts that came with the data are kept, so that their test part stays unseen."""
    name = "random" if dataset.given_parts is None else "given"
    return SplitSettings(name=name, validation_fraction=0.2, seed=seed)


def _held_out(
    train: Interactions, held_out: Interactions, max_users: int, rng: np.random.Generator
) -> HeldOut:
    able = np.flatnonzero((train.user_counts() > 0) & (held_out.user_counts() > 0))
    if not able.size:
        raise DataError("No user has both a history and held-out items, so nothing can be ranked.")
    users = np.sort(rng.choice(able, size=min(max_users, able.size), replace=False))
    return HeldOut(_ones(train)[users], _ones(held_out)[users])


def _ones(interactions: Interactions) -> sp.csr_array:
    matrix = interactions.matrix()
    matrix.data[:] = 1.0
    return matrix


class _Test:
    """Measures one set of links after the other on the same users."""

    def __init__(self, users: HeldOut, settings: SignalSettings, rng: np.random.Generator) -> None:
        self._users, self._settings, self._rng = users, settings, rng

    def signal(self, name: str, features: LinkFeatures, n_scrambles: int) -> LinkSignal:
        """True links against dealt-out ones."""
        ranking = ContentRanking(features, self._users, self._settings.k)
        true = ranking.ndcg(self._rng).astype(np.float64)
        deals = np.stack(
            [
                ranking.ndcg(self._rng, dealt_out(features, self._rng)).astype(np.float64)
                for _ in range(n_scrambles)
            ]
        )
        means = deals.mean(axis=1)
        differences = true - deals.mean(axis=0)
        low, high = mean_intervals(differences[:, None], self._rng, self._settings.n_bootstrap)
        edges = np.percentile(means, [LOW_PERCENT, HIGH_PERCENT])
        value, scrambled = float(true.mean()), float(means.mean())
        n_linked = int((features.n_links > 0).sum())
        found = LinkSignal(
            name=name,
            n_linked=n_linked,
            share_linked=n_linked / max(features.n_links.size, 1),
            value=value,
            scrambled=scrambled,
            deviation=float(means.std(ddof=1)),
            scrambled_low=float(edges[0]),
            scrambled_high=float(edges[1]),
            difference=value - scrambled,
            low=float(low[0]),
            high=float(high[0]),
            p_value=float((1 + (means >= value).sum()) / (1 + n_scrambles)),
            p_worse=float((1 + (means <= value).sum()) / (1 + n_scrambles)),
            verdict="",
            deals=tuple(float(mean) for mean in means),
        )
        return dataclasses.replace(found, verdict=_verdict(found))

    def random(self, n_items: int) -> float:
        """NDCG of random lists."""
        nothing = self._ranking(np.zeros(n_items))
        n_repeats = self._settings.n_relation_scrambles
        return float(np.mean([nothing.ndcg(self._rng).mean() for _ in range(n_repeats)]))

    def popularity(self, train: Interactions) -> float:
        """NDCG of the most popular items that a user has not seen."""
        return float(self._ranking(train.item_counts().astype(np.float64)).ndcg(self._rng).mean())

    def _ranking(self, values: npt.NDArray[np.float64]) -> ContentRanking:
        """Ranks by one value per item: all histories point at the one feature there is."""
        rows = sp.csr_array(values[:, None])
        features = LinkFeatures(rows, np.zeros(values.size, dtype=np.int64))
        return ContentRanking(features, self._users, self._settings.k)


def _verdict(found: LinkSignal) -> str:
    if not found.n_linked:
        return NO_LINKS
    if found.p_value <= LEVEL and found.low > 0:
        is_large = found.difference >= CLEAR_GAIN * found.scrambled
        is_sure = found.difference >= CLEAR_DEVIATIONS * found.deviation
        return CARRIES if is_large and is_sure else WEAK
    if found.p_worse <= LEVEL and found.high < 0:
        return WRONG
    return NOTHING
