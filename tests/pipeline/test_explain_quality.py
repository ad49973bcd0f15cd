"""Measuring the explanations of a run from end to end, on tiny data."""

from __future__ import annotations

import json

import numpy as np
import pytest

from kgrec_core.config import TrainSettings
from kgrec_core.contracts import Progress
from kgrec_core.explanation.quality.estimates import Estimate, Observations
from kgrec_core.pipeline.explain_quality.judging import Observed, comparisons, measures
from kgrec_core.pipeline.explain_quality.lists import list_cutoffs
from kgrec_core.pipeline.explain_quality.measuring import kept_quality, measure_quality
from kgrec_core.pipeline.explain_quality.report import QualityReport
from kgrec_core.pipeline.explain_quality.sampling import draw_sample, groups_of
from kgrec_core.pipeline.explain_quality.settings import QualitySettings
from kgrec_core.pipeline.loaded_run import LoadedRun
from kgrec_core.pipeline.training import train
from kgrec_core.rng import make_rng
from kgrec_core.storage.workspace import Workspace

SMALL = QualitySettings(n_users=4, k=3, n_deep=2, n_peer_users=2)


@pytest.fixture(scope="module")
def report(filled: Workspace, fusion_run: LoadedRun) -> QualityReport:
    return measure_quality(filled, fusion_run.record.run_id, SMALL)


def test_a_fusion_run_meets_what_must_always_hold(report: QualityReport) -> None:
    always = ("residual", "path_gap", "deletion_gap", "path_validity", "words", "cf_verified")
    found = {key: report.measure(key) for key in always}
    verdicts = {key: measure.verdict if measure else "" for key, measure in found.items()}
    assert verdicts == dict.fromkeys(always, "met")


def test_the_sample_is_counted(report: QualityReport) -> None:
    assert (report.n_users, report.n_pairs) == (4, 12)
    assert report.n_deep == 8
    assert report.model == "fusion"


def test_the_order_of_the_explanation_is_beside_three_others(report: QualityReport) -> None:
    by_key = {found.key: found for found in report.comparisons}
    assert set(by_key) == {"deletion", "insertion", "position", "cndcg"}
    deletion = by_key["deletion"]
    lead, own, chance = deletion.leads["random"], deletion.explainer, deletion.rivals["random"]
    assert lead.value is not None
    assert own.value is not None
    assert chance.value is not None
    assert lead.value == pytest.approx(chance.value - own.value)
    assert lead.value > 0


def test_pn_and_ps_are_the_counts_of_fidelity(report: QualityReport) -> None:
    values = {
        key: found.estimate.value
        for key in ("pn", "ps", "fidelity_plus", "fidelity_minus", "f_ns", "characterization")
        if (found := report.measure(key)) is not None
    }
    assert values["pn"] == values["fidelity_plus"]
    assert values["ps"] == pytest.approx(1 - (values["fidelity_minus"] or 0))
    assert values["f_ns"] == pytest.approx(values["characterization"])


def test_path_measures_are_told_at_several_lengths(report: QualityReport) -> None:
    assert list_cutoffs(3) == (1, 3)
    assert report.measure("etd@1") is not None
    assert report.measure("etd@3") is not None
    assert report.measure("ptc@1") is None


def test_twins_give_stability_and_the_worth_of_attention(report: QualityReport) -> None:
    assert report.worth is not None
    assert report.measure("jaccard@3") is not None


def test_both_models_are_explained_from_outside(report: QualityReport) -> None:
    found = {(row.model, row.method) for row in report.methods}
    assert found == {
        ("fusion", "contributions"),
        ("fusion", "leave-one-out"),
        ("fusion", "LIME-style"),
        ("lightgcn", "leave-one-out"),
        ("lightgcn", "LIME-style"),
    }
    assert report.peer_overlap is not None


def test_the_report_is_kept_and_read_back_as_it_was(
    report: QualityReport, filled: Workspace, fusion_run: LoadedRun
) -> None:
    assert kept_quality(filled, fusion_run.record.run_id) == report
    assert QualityReport.from_json(json.loads(json.dumps(report.to_json()))) == report


def test_a_damaged_report_counts_as_none(
    fresh: Workspace, imported: object, tmp_path: object
) -> None:
    settings = TrainSettings(model="popularity", text_model="none")
    run_id = train(fresh, fresh.resolve_dataset("tiny").fingerprint, settings).run_id
    (fresh.run_folder(run_id) / "explain-quality.json").write_text("{", "utf-8")
    assert kept_quality(fresh, run_id) is None


def test_a_model_of_one_vector_per_user_has_no_order_to_test(
    fresh: Workspace, imported: object
) -> None:
    settings = TrainSettings(model="mf-softmax", text_model="none")
    run_id = train(fresh, fresh.resolve_dataset("tiny").fingerprint, settings).run_id
    quick = SMALL.model_copy(update={"twins": False, "peer": False})
    found = measure_quality(fresh, run_id, quick)
    assert [compared.verdict for compared in found.comparisons[:2]] == ["not measured"] * 2
    residual = found.measure("residual")
    assert residual is not None
    assert residual.verdict == "met"


def test_the_same_seed_gives_the_same_figures_and_every_user_is_told(
    report: QualityReport, filled: Workspace, fusion_run: LoadedRun
) -> None:
    told: list[Progress] = []
    again = measure_quality(filled, fusion_run.record.run_id, SMALL, on_progress=told.append)
    assert again.comparisons == report.comparisons
    assert again.measure("words") == report.measure("words")
    own = [progress.done for progress in told if progress.stage == "Explaining users"]
    assert own == [0, 1, 2, 3]


def test_users_are_grouped_by_the_length_of_their_history(fusion_run: LoadedRun) -> None:
    sample = draw_sample(fusion_run, 100, make_rng(0))
    groups = groups_of(fusion_run, sample.warm)
    quarters = [group for group in groups if "choices" in group.name]
    members = [user for group in quarters for user in group.users]
    assert sorted(members) == sample.warm.tolist()
    counts = fusion_run.split.fitting().user_counts()
    largest = [max(counts[list(group.users)]) for group in quarters]
    assert largest == sorted(largest)


def observed(values: dict[str, list[float]]) -> Observed:
    kept = Observations()
    for name, column in values.items():
        for user, value in enumerate(column):
            kept.add(user, name, value)
    return Observed(kept, Observations(), Observations(), (), [], 1.0, 1.0)


FAR = {"deletion": [0.1, 0.2, 0.1, 0.2], "deletion:random": [0.8, 0.9, 0.8, 0.9]}


def test_the_order_is_better_when_no_interval_overlaps() -> None:
    found = comparisons(observed(FAR), 10, make_rng(0))[0]
    assert (found.key, found.verdict) == ("deletion", "met")
    near = FAR | {"deletion:popularity": [0.1, 0.3, 0.1, 0.3]}
    assert comparisons(observed(near), 10, make_rng(0))[0].verdict == "missed"


def test_an_order_that_exists_for_nobody_is_not_compared_with() -> None:
    found = comparisons(observed(FAR), 10, make_rng(0))[0]
    assert found.rivals["recency"].value is None
    assert found.verdict == "met"


def test_the_largest_residual_counts_and_not_the_mean() -> None:
    kept = observed({"residual": [0.0, 0.0, 2e-5]})
    found = measures(kept, 10, make_rng(0))[0]
    assert (found.key, found.estimate.value, found.verdict) == ("residual", 2e-5, "missed")


def test_one_invalid_path_misses_the_target() -> None:
    kept = observed({"path_validity": [1.0, 1.0, 0.9]})
    (found,) = (m for m in measures(kept, 10, make_rng(0)) if m.key == "path_validity")
    assert (found.verdict, found.target) == ("missed", "100%")


def test_a_slow_explanation_misses_the_target() -> None:
    kept = observed({})
    slow = Observed(kept.main, kept.cold_items, kept.cold_users, (), [], 5.1, 0.5)
    (found,) = (m for m in measures(slow, 10, make_rng(0)) if m.key == "seconds_per_100")
    assert found.verdict == "missed"
    assert found.estimate == Estimate(5.1, None, None, 0, 0)


def test_samples_are_no_larger_than_asked(fusion_run: LoadedRun) -> None:
    sample = draw_sample(fusion_run, 3, make_rng(1))
    assert sample.warm.size == 3
    assert (np.diff(sample.warm) > 0).all()
