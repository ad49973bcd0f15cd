"""Measures the explanations of a run and keeps the report beside it."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from kgrec_core.contracts import IndexArray, OnProgress, Progress, no_progress
from kgrec_core.errors import ArtifactError, MissingStepError
from kgrec_core.explanation.quality.estimates import Observations
from kgrec_core.pipeline.explain_quality.judging import Observed, comparisons, measures
from kgrec_core.pipeline.explain_quality.lists import ListMeasures, residuals_of_all_items
from kgrec_core.pipeline.explain_quality.pairs import PairMeasures
from kgrec_core.pipeline.explain_quality.peer import PeerStudy, ensure_peer, peer_study
from kgrec_core.pipeline.explain_quality.report import QualityReport
from kgrec_core.pipeline.explain_quality.sampling import Sample, draw_sample, groups_of
from kgrec_core.pipeline.explain_quality.settings import QualitySettings
from kgrec_core.pipeline.loaded_run import LoadedRun, load_run
from kgrec_core.pipeline.seed_twins import SeedTwins, make_twins, twins
from kgrec_core.recommender.contract import UserEvidence
from kgrec_core.rng import make_rng
from kgrec_core.storage.artifacts import read_json, write_json
from kgrec_core.storage.workspace import Workspace

__all__ = ["kept_quality", "measure_quality", "quality_of"]

REPORT_NAME = "explain-quality.json"
N_EXACT_USERS = 3
MOST_EXACT_ITEMS = 100


def measure_quality(
    workspace: Workspace,
    run_id: str,
    settings: QualitySettings | None = None,
    *,
    on_progress: OnProgress = no_progress,
) -> QualityReport:
    """Fit twins and peer where they are missing, measure, and keep the report beside the run.

    Stopped at any moment, the fits that are finished stay and are not made again.

    Args:
        workspace: where the run is.
        run_id: of any model; measures that it cannot have are left out.
        settings: how much is measured.
        on_progress: hears about every stage; may raise `CancelledError`.

    Raises:
        ArtifactError: the run or its data is missing or damaged.
        MissingStepError: the run has no user with a history.
        UnknownIdError: there is no such run.
    """
    chosen = settings or QualitySettings()
    record = workspace.resolve_run(run_id)
    folder = workspace.run_folder(record.run_id)
    on_progress(Progress("Loading the run", 0, 0, {}))
    run = load_run(workspace, record.run_id)
    if chosen.twins:
        seeds: SeedTwins | None = make_twins(workspace, record.run_id, on_progress=on_progress)
    else:
        seeds = twins(workspace, record.run_id, run=run)
    ask: Callable[[IndexArray, np.random.Generator], PeerStudy] | None = None
    if chosen.peer:
        peer = ensure_peer(run, folder, on_progress)

        def ask(users: IndexArray, rng: np.random.Generator) -> PeerStudy:
            return peer_study(run, peer, users, chosen, rng, on_progress)

    report = quality_of(run, chosen, seeds, ask, on_progress=on_progress)
    write_json(folder / REPORT_NAME, report.to_json())
    return report


def kept_quality(workspace: Workspace, run_id: str) -> QualityReport | None:
    """What `measure_quality` kept beside the run; None when there is none that can be read."""
    path = workspace.run_folder(workspace.resolve_run(run_id).run_id) / REPORT_NAME
    try:
        return QualityReport.from_json(read_json(path))
    except (ArtifactError, KeyError, TypeError, ValueError):
        return None


def quality_of(
    run: LoadedRun,
    settings: QualitySettings,
    seeds: SeedTwins | None = None,
    ask_peer: Callable[[IndexArray, np.random.Generator], PeerStudy] | None = None,
    *,
    on_progress: OnProgress = no_progress,
) -> QualityReport:
    """Measure a loaded run.

    Args:
        run: as loaded.
        settings: how much is measured.
        seeds: the run and its twins; None leaves out what needs them.
        ask_peer: explains from outside for some users; None leaves that out.
        on_progress: hears about each user.

    Raises:
        MissingStepError: nobody has a history.
    """
    start, rng = time.perf_counter(), make_rng(settings.seed)
    sample = draw_sample(run, settings.n_users, rng)
    if not sample.warm.size:
        raise MissingStepError("Nobody in this run has a history, so nothing can be explained.")
    listing = ListMeasures(run, settings.k)
    pairs = PairMeasures(run, settings, seeds, rng)
    observed = _observed(listing, pairs, sample, on_progress)
    study = ask_peer(sample.warm[: settings.n_peer_users], rng) if ask_peer else None
    on_progress(Progress("Drawing intervals", 0, 1, {}))
    worth = seeds.worth if seeds else None
    return QualityReport(
        run_id=run.record.run_id,
        model=run.record.model,
        settings=settings.model_dump(mode="json"),
        n_users=int(sample.warm.size),
        n_pairs=listing.n_pairs,
        n_deep=pairs.n_deep,
        seconds=time.perf_counter() - start,
        measures=measures(observed, settings.k, rng),
        comparisons=comparisons(observed, settings.k, rng),
        methods=study.rows if study else (),
        worth=worth,
        peer_overlap=study.overlap if study else None,
    )


def _observed(
    listing: ListMeasures, pairs: PairMeasures, sample: Sample, on_progress: OnProgress
) -> Observed:
    run, settings = pairs.run, pairs.settings
    main, cold_items, cold_users = Observations(), Observations(), Observations()
    is_cold = run.split.cold_items()
    for done, index in enumerate(sample.warm.tolist()):
        on_progress(Progress("Explaining users", done, sample.warm.size, {}))
        user = run.evidence_of(index)
        items = run.recommend(user, settings.k).item_indices
        _add_user(listing, pairs, index, user, items, main)
        if is_cold.any() and done < settings.n_peer_users:
            best = _best_cold(run, user, is_cold)
            _add_user(listing, pairs, index, user, best, cold_items)
    for done, index in enumerate(sample.cold.tolist()):
        on_progress(Progress("Explaining people without choices", done, sample.cold.size, {}))
        user = run.evidence_of(index)
        items = run.recommend(user, settings.k).item_indices
        _add_user(listing, pairs, index, user, items, cold_users)
    listing.finish()
    per_100 = 100.0 / max(1, listing.n_pairs)
    speed = per_100 * listing.seconds, per_100 * listing.processor_seconds
    exact = sample.warm[:N_EXACT_USERS].tolist()
    residuals = residuals_of_all_items(run, exact, MOST_EXACT_ITEMS, pairs.rng)
    groups = groups_of(run, sample.warm)
    return Observed(main, cold_items, cold_users, groups, residuals, *speed)


def _add_user(
    listing: ListMeasures,
    pairs: PairMeasures,
    index: int,
    user: UserEvidence,
    items: IndexArray,
    kept: Observations,
) -> None:
    found = listing.explained(index, user, items)
    listing.add(found, kept)
    drawn = pairs.rng.permutation(len(found.explanations))[: pairs.settings.n_deep]
    pairs.add(index, user, [found.explanations[place] for place in drawn], kept)


def _best_cold(
    run: LoadedRun, user: UserEvidence, is_cold: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> IndexArray:
    """The item that fits a user best among those that nobody chose, int64 (1,)."""
    scores = np.where(is_cold, run.recommender.score([user])[0], -np.inf)
    return np.array([int(scores.argmax())], dtype=np.int64)
