"""The work of one cell: prepare its split, then choose settings or fit and measure."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from kgrec_core.contracts import (
    BoolArray,
    FloatArray,
    IndexArray,
    OnProgress,
    Progress,
    no_progress,
)
from kgrec_core.data.interactions import Interactions
from kgrec_core.data.split import Split
from kgrec_core.data.splitting import make_split
from kgrec_core.device import pick_device
from kgrec_core.errors import DataError
from kgrec_core.evaluation.beyond_accuracy import gini_index
from kgrec_core.evaluation.few_shot import few_shots
from kgrec_core.evaluation.item_parts import only_items, tail_items, with_warm_test
from kgrec_core.evaluation.protocol import EvaluationResult, evaluate
from kgrec_core.evaluation.ranking import top_k
from kgrec_core.pipeline.benchmark_settings import Cell
from kgrec_core.pipeline.histories import Histories
from kgrec_core.pipeline.inputs import RunInputs, inputs_of_split
from kgrec_core.pipeline.measuring import StageClock, peak_memory_mb
from kgrec_core.pipeline.tuning import tune
from kgrec_core.recommender.contract import UNKNOWN_USER, Recommender, UserEvidence
from kgrec_core.recommender.registry import create_recommender
from kgrec_core.rng import make_rng
from kgrec_core.storage.workspace import Workspace

__all__ = ["do_cell"]

Evidence = Callable[[int], UserEvidence]
TAIL_SHARE = 0.2


def do_cell(
    workspace: Workspace, cell: Cell, *, on_progress: OnProgress = no_progress
) -> dict[str, Any]:
    """What a cell found, as plain values; see `_measured` and `TuningResult.to_json`.

    Raises:
        KgrecError: the data cannot be split as asked, or the model cannot be fitted on it.
    """
    inputs = _inputs(workspace, cell, on_progress)
    if cell.kind == "tune":
        if cell.tuning is None:
            raise DataError("A cell that chooses settings needs a budget.")
        # Only the part without the test is handed on.
        found = tune(
            cell.model, inputs.data, cell.tuning, fixed=cell.settings, on_progress=on_progress
        )
        return found.to_json() | {"peak_memory_mb": peak_memory_mb()}
    return _measured(cell, inputs, on_progress)


def _inputs(workspace: Workspace, cell: Cell, on_progress: OnProgress) -> RunInputs:
    dataset = workspace.load_dataset(cell.dataset)
    split = make_split(dataset, cell.split)
    if cell.warm_fraction:
        split = with_warm_test(split, cell.warm_fraction, make_rng(cell.split.seed))
    return inputs_of_split(workspace, dataset, split, cell.text_model, on_progress=on_progress)


def _measured(cell: Cell, inputs: RunInputs, on_progress: OnProgress) -> dict[str, Any]:
    pick_device()  # loads torch, so that no model pays for that in seconds or memory alone
    before, clock = peak_memory_mb(), StageClock()
    recommender = create_recommender(cell.model, cell.settings)
    on_progress(Progress("Fitting the model", 0, 0, {}))
    with clock.stage("fit"):
        recommender.fit(inputs.data, rng=make_rng(cell.seed), on_progress=on_progress)
    ranking = _Ranking(recommender, max(cell.ks))
    with clock.stage("evaluate"):
        parts = _results(cell, inputs, ranking, on_progress)
    residual = _largest_residual(cell, inputs, recommender)
    return {
        "parts": {name: found.to_json() for name, found in parts.items()},
        "seconds": dict(clock.seconds),
        "users_per_second": ranking.users_per_second,
        "peak_memory_mb": peak_memory_mb(),
        "memory_before_fit_mb": before,
        "max_residual": residual,
        "n_explained": cell.n_explained,
    }


class _Ranking:
    """Ranks with one model and keeps the time that its scores took."""

    def __init__(self, recommender: Recommender, k: int) -> None:
        self._recommender, self._k = recommender, k
        self._seconds, self._n_users = 0.0, 0

    @property
    def users_per_second(self) -> float:
        """Users whose scores of all items were made, per second of scoring."""
        return round(self._n_users / self._seconds, 1) if self._seconds else 0.0

    def lists(self, users: IndexArray, evidence: Evidence, allowed: BoolArray | None) -> IndexArray:
        """Ranked items int64 (b, k), seen ones left out; only `allowed` (n_items,) if given."""
        known = [evidence(int(user)) for user in users]
        scores = self._scores(known)
        seen = [user.item_indices for user in known]
        if allowed is not None:
            barred = np.flatnonzero(~allowed)
            seen = [np.union1d(items, barred) for items in seen]
        return top_k(scores, seen, self._k)

    def _scores(self, known: Sequence[UserEvidence]) -> FloatArray:
        start = time.perf_counter()
        scores = self._recommender.score(known)
        self._seconds += time.perf_counter() - start
        self._n_users += len(known)
        return scores


def _results(
    cell: Cell, inputs: RunInputs, ranking: _Ranking, on_progress: OnProgress
) -> dict[str, EvaluationResult]:
    """Results by part: "all" first, or "1-shot", "3-shot", ..."""
    if cell.protocol == "few-shot":
        return _few_shot_results(cell, inputs, ranking, on_progress)
    histories = Histories(inputs.split.fitting(), inputs.data.side)
    measure = _Measure(cell, ranking, histories.evidence, on_progress)
    found = {"all": measure.on(inputs.split)}
    cold = inputs.split.cold_items()
    if cell.protocol == "cold-items":
        found["cold items only"] = measure.on(only_items(inputs.split, cold), cold)
    else:
        tail = tail_items(inputs.split.fitting().item_counts(), TAIL_SHARE)
        if tail[inputs.split.test.item_indices].any():
            found["long tail"] = measure.on(only_items(inputs.split, tail))
    return found


def _few_shot_results(
    cell: Cell, inputs: RunInputs, ranking: _Ranking, on_progress: OnProgress
) -> dict[str, EvaluationResult]:
    found = {}
    for shot in few_shots(inputs.split, cell.shots, make_rng(cell.seed)):
        evidence = _newcomers(shot.shown, inputs)
        measure = _Measure(cell, ranking, evidence, on_progress)
        found[f"{shot.k}-shot"] = measure.on(shot.split)
    return found


def _newcomers(shown: Interactions, inputs: RunInputs) -> Evidence:
    """Evidence of users whom the fit has not seen: their shots, friends and attributes."""
    histories = Histories(shown, inputs.data.side)

    def evidence(user: int) -> UserEvidence:
        return dataclasses.replace(histories.evidence(user), user_index=UNKNOWN_USER)

    return evidence


class _Measure:
    """Measures a model on splits that differ in what is relevant; ranks each user once."""

    def __init__(
        self, cell: Cell, ranking: _Ranking, evidence: Evidence, on_progress: OnProgress
    ) -> None:
        self._cell, self._ranking = cell, ranking
        self._evidence, self._on_progress = evidence, on_progress
        self._kept: dict[int, IndexArray] = {}

    def on(self, split: Split, allowed: BoolArray | None = None) -> EvaluationResult:
        """The result, with the Gini index of what is shown beside coverage and novelty."""
        shown: list[IndexArray] = []

        def rank(users: IndexArray) -> IndexArray:
            shown.append(self._lists(users, allowed))
            return shown[-1]

        result = evaluate(
            rank,
            split,
            ks=self._cell.ks,
            rng=make_rng(self._cell.seed),
            n_bootstrap=self._cell.n_bootstrap,
            on_progress=self._on_progress,
        )
        lists, n_items = np.concatenate(shown), split.train.n_items
        gini = {f"gini@{k}": gini_index(lists[:, :k], n_items) for k in self._cell.ks}
        return dataclasses.replace(result, metrics=result.metrics | gini)

    def _lists(self, users: IndexArray, allowed: BoolArray | None) -> IndexArray:
        if allowed is not None:
            return self._ranking.lists(users, self._evidence, allowed)
        missing = np.array([u for u in users if int(u) not in self._kept], dtype=np.int64)
        if missing.size:
            found = self._ranking.lists(missing, self._evidence, None)
            self._kept |= {int(user): row for user, row in zip(missing, found, strict=True)}
        return np.stack([self._kept[int(user)] for user in users])


def _largest_residual(cell: Cell, inputs: RunInputs, recommender: Recommender) -> float | None:
    """Largest |score - sum of contributions| over sampled pairs; None when none is asked for."""
    known = inputs.split.fitting()
    users = np.flatnonzero(known.user_counts())
    if not cell.n_explained or not users.size:
        return None
    rng = make_rng(cell.seed)
    histories = Histories(known, inputs.data.side)
    drawn = rng.choice(users, size=cell.n_explained)
    items = rng.integers(recommender.n_items, size=cell.n_explained)
    return max(
        recommender.explain(histories.evidence(int(user)), int(item)).residual
        for user, item in zip(drawn, items, strict=True)
    )
