"""What holding popular items back costs and brings, measured without fitting anew.

The setting `long_tail` of the fusion model only lowers the starting value of popular items, so one
pass over the scores gives the lists of every strength.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kgrec_core.contracts import FloatArray, IndexArray, OnProgress, Progress, no_progress
from kgrec_core.data.interactions import Interactions
from kgrec_core.data.split import Split
from kgrec_core.errors import ArtifactError, ConfigError, MissingStepError
from kgrec_core.evaluation.item_parts import only_items, tail_items
from kgrec_core.evaluation.protocol import EvaluationResult, evaluate, paired_difference
from kgrec_core.evaluation.ranking import top_k
from kgrec_core.pipeline.evaluating import run_settings
from kgrec_core.pipeline.histories import Histories
from kgrec_core.pipeline.inputs import RunInputs, prepare_inputs
from kgrec_core.pipeline.run_files import read_recommender
from kgrec_core.recommender.fusion import FusionRecommender
from kgrec_core.recommender.fusion_fitting import with_long_tail
from kgrec_core.recommender.fusion_model import FusionModel
from kgrec_core.recommender.validation import popularity
from kgrec_core.rng import make_rng
from kgrec_core.storage.artifacts import read_json, write_json
from kgrec_core.storage.workspace import Workspace

__all__ = [
    "STRENGTHS",
    "LongTailCurve",
    "LongTailPoint",
    "held_back",
    "kept_long_tail",
    "long_tail_curve",
]

STRENGTHS = tuple(step / 20 for step in range(21))
"""Every twentieth from 0 to 1."""
TAIL_SHARE = 0.2
"""The tail: the least popular items that together hold this share of the interactions."""
CURVE_NAME = "long-tail.json"
USERS_PER_BATCH = 256


@dataclass(frozen=True)
class LongTailPoint:
    """What one strength reaches on the test part.

    Attributes:
        strength: of holding back, in [0, 1].
        ndcg: mean NDCG@k over the test users, with the ends of its 95 % interval.
        loss: NDCG@k minus that of strength 0 over the same users, with its interval.
        tail_recall: share of the held-out tail items that lists of length k find, mean over users
            who have any; None when no tail item is held out. With its interval.
        coverage: share of the catalog that at least one test user is shown.
        novelty: mean self-information of the shown items, in bits.
    """

    strength: float
    ndcg: tuple[float, float, float]
    loss: tuple[float, float, float]
    tail_recall: tuple[float, float, float] | None
    coverage: float
    novelty: float


@dataclass(frozen=True)
class LongTailCurve:
    """The trade-off of a run.

    Attributes:
        run_id: measured run.
        k: length of the lists.
        own_strength: what the run was trained with.
        n_users: test users.
        n_tail_users: those of them with a held-out tail item.
        tail_share_of_items: share of the catalog that belongs to the tail.
        points: by rising strength; the first one is strength 0.
    """

    run_id: str
    k: int
    own_strength: float
    n_users: int
    n_tail_users: int
    tail_share_of_items: float
    points: tuple[LongTailPoint, ...]

    def to_json(self) -> dict[str, Any]:
        """A dictionary of plain values."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> LongTailCurve:
        """The curve that `to_json` wrote down."""
        points = [
            LongTailPoint(
                strength=point["strength"],
                ndcg=_triple(point["ndcg"]),
                loss=_triple(point["loss"]),
                tail_recall=_triple(point["tail_recall"]) if point["tail_recall"] else None,
                coverage=point["coverage"],
                novelty=point["novelty"],
            )
            for point in values["points"]
        ]
        return cls(**{**values, "points": tuple(points)})


def long_tail_curve(
    workspace: Workspace,
    run_id: str,
    strengths: Sequence[float] = STRENGTHS,
    *,
    k: int = 20,
    on_progress: OnProgress = no_progress,
) -> LongTailCurve:
    """Measure a fusion run at several strengths on its test part, and keep the curve beside it.

    The model of a run is fitted on train and validation together, so only the test part is left
    to measure on; whoever picks a strength by this curve has picked it on the test part.

    Args:
        workspace: where the run is.
        run_id: of a fusion run with a test part.
        strengths: in [0, 1]; 0 is added, because everything is compared with it.
        k: length of the lists.
        on_progress: hears about scoring and about each strength.

    Raises:
        ConfigError: the run is of another model, or a strength is outside [0, 1].
        MissingStepError: the run holds nothing out.
        UnknownIdError: there is no such run.
    """
    wanted = _checked_strengths(strengths)
    record = workspace.resolve_run(run_id)
    if record.model != "fusion":
        raise ConfigError(
            f"Only fusion models hold popular items back; the run {record.run_id} is of the model "
            f"'{record.model}'. Train a fusion model to see the trade-off."
        )
    folder = workspace.run_folder(record.run_id)
    settings = run_settings(record)
    on_progress(Progress("Loading the run", 0, 0, {}))
    inputs = prepare_inputs(workspace, record.dataset_fingerprint, settings)
    if not len(inputs.split.test):
        raise MissingStepError(
            f"The run {record.run_id} was trained on everything, so nothing is held out to measure "
            "on. Train with another split, such as 'random'."
        )
    recommender = read_recommender(record.model, folder, inputs.data)
    if not isinstance(recommender, FusionRecommender):
        raise ConfigError(f"The run {record.run_id} does not hold a fusion model. Train again.")
    own_strength = float(recommender.settings.long_tail)
    plain, deduction = held_back(recommender.model, inputs.split.fitting(), own_strength)
    lists = _Lists(plain, deduction, wanted, k).of(inputs, on_progress)
    curve = _measured(inputs.split, wanted, lists, k, settings.seed, on_progress)
    curve = dataclasses.replace(curve, run_id=record.run_id, own_strength=own_strength)
    write_json(folder / CURVE_NAME, curve.to_json())
    return curve


def kept_long_tail(workspace: Workspace, run_id: str) -> LongTailCurve | None:
    """What `long_tail_curve` kept beside the run; None when there is none that can be read."""
    path = workspace.run_folder(workspace.resolve_run(run_id).run_id) / CURVE_NAME
    try:
        return LongTailCurve.from_json(read_json(path))
    except (ArtifactError, KeyError, TypeError, ValueError):
        return None


def held_back(
    model: FusionModel, known: Interactions, strength: float
) -> tuple[FusionModel, FloatArray]:
    """The model with nothing held back, and what strength 1 would take off each item.

    Args:
        model: fitted on `known` with `strength`.
        known: all interactions that it was fitted on.
        strength: that its starting values contain already.

    Returns:
        The model, and float32 (n_items,): strength s takes off s times as much.
    """
    plain = model
    if strength:
        counts = known.item_counts()
        share = counts / max(int(counts.max()), 1)
        # The bias is one multiple of popularity minus one of the share.
        sides = np.column_stack([popularity(known), share]).astype(np.float64)
        (_, taken), *_ = np.linalg.lstsq(sides, model.bias.astype(np.float64))
        plain = dataclasses.replace(model, bias=(model.bias - taken * share).astype(np.float32))
    # The fit holds popular items back before it settles how loud new items are.
    before = dataclasses.replace(plain, cold=None, cold_gate=1.0)
    deduction = before.bias - with_long_tail(before, known, 1.0).bias
    return plain, np.asarray(deduction, dtype=np.float32)


@dataclass(frozen=True)
class _Lists:
    """Makes the lists of all strengths from one pass over the scores."""

    model: FusionModel
    deduction: FloatArray
    strengths: tuple[float, ...]
    k: int

    def of(self, inputs: RunInputs, on_progress: OnProgress) -> IndexArray:
        """Ranked items of the test users, int64 (n_strengths, n_users, k)."""
        users = np.flatnonzero(inputs.split.test.user_counts())
        histories = Histories(inputs.split.fitting(), inputs.data.side)
        found = np.empty((len(self.strengths), users.size, self.k), dtype=np.int64)
        for start in range(0, users.size, USERS_PER_BATCH):
            batch = slice(start, min(start + USERS_PER_BATCH, users.size))
            known = histories.all_of(users[batch])
            scores = self.model.score(known)
            seen = [user.item_indices for user in known]
            for place, strength in enumerate(self.strengths):
                moved = scores - np.float32(strength) * self.deduction
                found[place, batch] = top_k(moved, seen, self.k)
            on_progress(Progress("Ranking at every strength", batch.stop, users.size, {}))
        return found


def _measured(
    split: Split,
    strengths: tuple[float, ...],
    lists: IndexArray,
    k: int,
    seed: int,
    on_progress: OnProgress,
) -> LongTailCurve:
    users = np.flatnonzero(split.test.user_counts())
    is_tail = tail_items(split.fitting().item_counts(), TAIL_SHARE)
    has_tail = bool(is_tail[split.test.item_indices].any())
    tail_split = only_items(split, is_tail) if has_tail else None
    points, reference, n_tail_users = [], None, 0
    for place, strength in enumerate(strengths):
        on_progress(Progress("Measuring every strength", place, len(strengths), {}))
        ranked = _Ranked(users, lists[place])
        found = evaluate(ranked, split, ks=(k,), rng=make_rng(seed))
        tail = evaluate(ranked, tail_split, ks=(k,), rng=make_rng(seed)) if tail_split else None
        reference = reference or found
        n_tail_users = tail.n_users if tail else 0
        points.append(_point(strength, found, tail, reference, k, seed))
    on_progress(Progress("Measuring every strength", len(strengths), len(strengths), {}))
    share = float(is_tail.mean())
    return LongTailCurve("", k, 0.0, int(users.size), n_tail_users, share, tuple(points))


def _point(
    strength: float,
    found: EvaluationResult,
    tail: EvaluationResult | None,
    reference: EvaluationResult,
    k: int,
    seed: int,
) -> LongTailPoint:
    ndcg, recall = f"ndcg@{k}", f"recall@{k}"
    return LongTailPoint(
        strength=strength,
        ndcg=(found.metrics[ndcg], *found.intervals[ndcg]),
        loss=paired_difference(found, reference, ndcg, make_rng(seed)),
        tail_recall=(tail.metrics[recall], *tail.intervals[recall]) if tail else None,
        coverage=found.metrics[f"coverage@{k}"],
        novelty=found.metrics[f"novelty@{k}"],
    )


@dataclass(frozen=True)
class _Ranked:
    """Lists that are there already, looked up by user."""

    users: IndexArray
    lists: IndexArray

    def __call__(self, user_indices: IndexArray) -> IndexArray:
        return self.lists[np.searchsorted(self.users, user_indices)]


def _checked_strengths(strengths: Sequence[float]) -> tuple[float, ...]:
    wanted = tuple(sorted({0.0, *(float(strength) for strength in strengths)}))
    if wanted[0] < 0 or wanted[-1] > 1:
        raise ConfigError(
            f"'strengths' must lie between 0 and 1 in 'long_tail_curve' (got {list(strengths)})."
        )
    return wanted


def _triple(values: Sequence[float]) -> tuple[float, float, float]:
    mean, low, high = values
    return mean, low, high
