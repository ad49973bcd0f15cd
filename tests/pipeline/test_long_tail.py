from __future__ import annotations

import numpy as np
import pytest

from kgrec_core.config import SplitSettings, TrainSettings
from kgrec_core.errors import ConfigError, MissingStepError
from kgrec_core.evaluation.item_parts import only_items, tail_items
from kgrec_core.evaluation.protocol import evaluate
from kgrec_core.pipeline.evaluating import evaluate_run
from kgrec_core.pipeline.histories import Histories, ranker
from kgrec_core.pipeline.loaded_run import load_run
from kgrec_core.pipeline.long_tail import LongTailCurve, kept_long_tail, long_tail_curve
from kgrec_core.rng import make_rng
from kgrec_core.storage.records import RunRecord
from kgrec_core.storage.workspace import Workspace

QUICK = {"n_rounds": 0, "use_vectors": False}


@pytest.fixture(scope="module")
def plain(filled: Workspace) -> RunRecord:
    return _trained(filled, 0.0)


@pytest.fixture(scope="module")
def curve(filled: Workspace, plain: RunRecord) -> LongTailCurve:
    return long_tail_curve(filled, plain.run_id, (0.5, 1.0))


def _trained(workspace: Workspace, strength: float, **settings: object) -> RunRecord:
    fingerprint = workspace.resolve_dataset("tiny").fingerprint
    values = {"text_model": "none", "model_settings": {**QUICK, "long_tail": strength}}
    return _train(workspace, fingerprint, TrainSettings.model_validate(values | settings))


def _train(workspace: Workspace, fingerprint: str, settings: TrainSettings) -> RunRecord:
    from kgrec_core.pipeline.training import train

    return train(workspace, fingerprint, settings)


def test_strength_0_is_always_there_and_is_the_run_itself(
    filled: Workspace, plain: RunRecord, curve: LongTailCurve
) -> None:
    own = evaluate_run(filled, plain.run_id)
    assert [point.strength for point in curve.points] == [0.0, 0.5, 1.0]
    assert curve.points[0].ndcg[0] == pytest.approx(own.metrics["ndcg@20"])
    assert curve.points[0].coverage == own.metrics["coverage@20"]
    assert curve.points[0].loss == (0.0, 0.0, 0.0)


def test_a_strength_gives_what_a_fit_with_it_gives(filled: Workspace, curve: LongTailCurve) -> None:
    fitted = evaluate_run(filled, _trained(filled, 0.5).run_id)
    assert curve.points[1].ndcg[0] == pytest.approx(fitted.metrics["ndcg@20"])
    assert curve.points[1].coverage == pytest.approx(fitted.metrics["coverage@20"])
    assert curve.points[1].ndcg[0] != pytest.approx(curve.points[0].ndcg[0])


def test_a_run_that_holds_back_already_has_the_same_curve(
    filled: Workspace, curve: LongTailCurve
) -> None:
    found = long_tail_curve(filled, _trained(filled, 0.5).run_id, (0.5, 1.0))
    assert found.own_strength == 0.5
    for one, other in zip(found.points, curve.points, strict=True):
        assert one.ndcg[0] == pytest.approx(other.ndcg[0], abs=1e-4)
        assert one.coverage == pytest.approx(other.coverage)


def test_the_loss_is_the_difference_to_strength_0(curve: LongTailCurve) -> None:
    for point in curve.points:
        assert point.loss[0] == pytest.approx(point.ndcg[0] - curve.points[0].ndcg[0], abs=1e-6)


def test_tail_recall_counts_only_held_out_tail_items(
    filled: Workspace, plain: RunRecord, curve: LongTailCurve
) -> None:
    run = load_run(filled, plain.run_id)
    known = run.split.fitting()
    is_tail = tail_items(known.item_counts(), 0.2)
    rank = ranker(run.recommender, Histories(known, run.inputs.data.side), 20)
    found = evaluate(rank, only_items(run.split, is_tail), ks=(20,), rng=make_rng(0))
    first = curve.points[0]
    assert first.tail_recall is not None
    assert first.tail_recall[0] == pytest.approx(found.metrics["recall@20"])
    assert curve.n_tail_users == found.n_users
    assert curve.tail_share_of_items == pytest.approx(np.mean(is_tail))


def test_the_curve_is_kept_beside_the_run(
    filled: Workspace, plain: RunRecord, curve: LongTailCurve
) -> None:
    assert kept_long_tail(filled, plain.run_id) == curve


def test_before_it_is_measured_nothing_is_kept(filled: Workspace, fusion_record: RunRecord) -> None:
    assert kept_long_tail(filled, fusion_record.run_id) is None


def test_another_model_is_refused(filled: Workspace) -> None:
    fingerprint = filled.resolve_dataset("tiny").fingerprint
    run = _train(filled, fingerprint, TrainSettings(model="popularity", text_model="none"))
    with pytest.raises(ConfigError, match="Only fusion models"):
        long_tail_curve(filled, run.run_id)


def test_a_run_without_test_part_is_refused(filled: Workspace) -> None:
    run = _trained(filled, 0.0, split=SplitSettings(name="none"))
    with pytest.raises(MissingStepError, match="nothing is held out"):
        long_tail_curve(filled, run.run_id)


@pytest.mark.parametrize("strength", [-0.1, 1.1])
def test_a_strength_outside_0_to_1_is_refused(
    filled: Workspace, plain: RunRecord, strength: float
) -> None:
    with pytest.raises(ConfigError, match="between 0 and 1"):
        long_tail_curve(filled, plain.run_id, (strength,))
