"""Explanations made from outside a model (leave-one-out, LIME-style) beside our own.

LightGCN learns one vector per user and names no choice. To see what a choice did, the user is
folded in: the vector comes in closed form from the item vectors of the history, with and without
the choice alike. So what is explained is the folded-in model; how much of the list that known
users get from it is the same is measured beside.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kgrec_core.config import SplitSettings, TrainSettings
from kgrec_core.contracts import IndexArray, OnProgress, Progress
from kgrec_core.evaluation.ranking import top_k
from kgrec_core.explanation.fidelity import PairFidelity, pair_fidelity
from kgrec_core.explanation.orders import explained_order, is_of_profile
from kgrec_core.explanation.quality.estimates import Estimate, Observations
from kgrec_core.explanation.quality.surrogates import (
    N_SAMPLES,
    leave_one_out_order,
    lime_order,
)
from kgrec_core.explanation.rescoring import Rescorer
from kgrec_core.pipeline.explain_quality.pairs import add_fidelity
from kgrec_core.pipeline.explain_quality.parts import KeptParts
from kgrec_core.pipeline.explain_quality.report import MethodRow
from kgrec_core.pipeline.explain_quality.settings import QualitySettings
from kgrec_core.pipeline.loaded_run import LoadedRun
from kgrec_core.pipeline.run_files import read_recommender, write_state
from kgrec_core.recommender.contract import UNKNOWN_USER, Recommender, UserEvidence
from kgrec_core.recommender.registry import create_recommender
from kgrec_core.rng import make_rng
from kgrec_core.storage.artifacts import is_complete, write_folder

__all__ = ["PEER", "PeerStudy", "ensure_peer", "peer_study"]

PEER = "lightgcn"
OWN_METHOD, LEFT_OUT, LIME = "contributions", "leave-one-out", "LIME-style"


@dataclass(frozen=True)
class PeerStudy:
    """What was measured.

    Attributes:
        rows: one per explained model and method.
        overlap: share of the list of a known user that the folded-in user gets too.
    """

    rows: tuple[MethodRow, ...]
    overlap: Estimate


def ensure_peer(run: LoadedRun, folder: Path, on_progress: OnProgress) -> Recommender:
    """LightGCN fitted on the same split as a run, kept inside the folder of the run."""
    target = folder / f"peer-{PEER}"
    if not is_complete(target):

        def told(progress: Progress) -> None:
            stage = f"Fitting LightGCN to compare with: {progress.stage.lower()}"
            on_progress(dataclasses.replace(progress, stage=stage))

        recommender = create_recommender(PEER, {})
        recommender.fit(run.inputs.data, rng=make_rng(run.settings.seed), on_progress=told)
        settings = TrainSettings(
            model=PEER,
            split=SplitSettings(**run.settings.split.model_dump()),
            text_model="none",
            seed=run.settings.seed,
        )
        manifest = {"settings": settings.model_dump(mode="json")}
        write_folder(
            target,
            lambda aside: write_state(recommender.state(), aside),
            kind="run",
            manifest=manifest,
        )
    return read_recommender(PEER, target, run.inputs.data)


def peer_study(
    run: LoadedRun,
    peer: Recommender,
    users: IndexArray,
    settings: QualitySettings,
    rng: np.random.Generator,
    *,
    parts: KeptParts,
    on_progress: OnProgress,
) -> PeerStudy:
    """Both models explained from outside, and ours by its own contributions too.

    Args:
        run: ours.
        peer: fitted on the same split.
        users: whose lists are explained, int64 (n,).
        settings: of the measuring.
        rng: draws items, orders and the parts of the evidence for LIME.
        parts: where finished users are kept.
        on_progress: hears about each user.
    """
    kept: dict[tuple[str, str], Observations] = {}
    lists = Observations()
    for done, (user_index, own_rng) in enumerate(
        zip(users.tolist(), rng.spawn(users.size), strict=True)
    ):
        on_progress(Progress("Explaining from outside", done, users.size, {}))

        def make(index: int = user_index, own: np.random.Generator = own_rng) -> dict[str, Any]:
            return _of_user(run, peer, index, settings, own)

        part = parts.part(f"outside-{user_index}", make)
        lists.add(user_index, "overlap", part["overlap"])
        for found in part["methods"]:
            own = kept.setdefault((found["model"], found["method"]), Observations())
            own.add_user(user_index, found["values"])
    rows = [_row(model, method, found, rng) for (model, method), found in kept.items()]
    return PeerStudy(tuple(rows), lists.estimate("overlap", rng))


def _of_user(
    run: LoadedRun,
    peer: Recommender,
    user_index: int,
    settings: QualitySettings,
    rng: np.random.Generator,
) -> dict[str, Any]:
    """What one user gives, as plain values."""
    kept: dict[tuple[str, str], Observations] = {}
    known = run.evidence_of(user_index)
    user = dataclasses.replace(known, user_index=UNKNOWN_USER)
    for recommender in (run.recommender, peer):
        _add_user(recommender, user_index, user, settings, rng, kept)
    return {
        "overlap": _overlap(peer, known, settings.k),
        "methods": [
            {"model": model, "method": method, "values": found.of_user(user_index)}
            for (model, method), found in kept.items()
        ],
    }


def _overlap(peer: Recommender, known: UserEvidence, k: int) -> float:
    folded = dataclasses.replace(known, user_index=UNKNOWN_USER)
    both = top_k(peer.score([known, folded]), [known.item_indices] * 2, k)
    first, second = (set(found[found >= 0].tolist()) for found in both)
    return len(first & second) / max(1, len(first))


def _add_user(
    recommender: Recommender,
    user_index: int,
    user: UserEvidence,
    settings: QualitySettings,
    rng: np.random.Generator,
    kept: dict[tuple[str, str], Observations],
) -> None:
    listed = top_k(recommender.score([user]), [user.item_indices], settings.k)[0]
    listed = listed[listed >= 0]
    chosen = rng.permutation(listed)[: settings.n_deep].tolist()
    for item in chosen:
        rescorer = Rescorer(recommender, user, item)
        for method, order, n_rescored in _orders(recommender, user, rescorer, rng):
            found = pair_fidelity(
                recommender,
                user,
                item,
                rng=rng,
                n_orders=settings.n_orders,
                cutoff=settings.k,
                order=order,
            )
            own = kept.setdefault((recommender.name, method), Observations())
            own.add(user_index, "n_rescored", float(n_rescored))
            if isinstance(found, PairFidelity):
                add_fidelity(own, user_index, found)


def _orders(
    recommender: Recommender, user: UserEvidence, rescorer: Rescorer, rng: np.random.Generator
) -> Sequence[tuple[str, IndexArray, int]]:
    """Method, order, and how often the model is asked for it."""
    if not rescorer.units:
        return ()
    explanation = recommender.explain(user, rescorer.item_index)
    own = []
    if not is_of_profile(explanation):
        own = [(OWN_METHOD, explained_order(explanation, rescorer.units), 0)]
    return (
        *own,
        (LEFT_OUT, leave_one_out_order(rescorer), len(rescorer.units) + 1),
        (LIME, lime_order(rescorer, rng), N_SAMPLES + 1),
    )


def _row(model: str, method: str, found: Observations, rng: np.random.Generator) -> MethodRow:
    asked = found.all_of("n_rescored")
    return MethodRow(
        model=model,
        method=method,
        position=found.estimate("position", rng),
        position_random=found.estimate("position:random", rng),
        cndcg=found.estimate("cndcg", rng),
        cndcg_random=found.estimate("cndcg:random", rng),
        deletion_lead=found.estimate("deletion_lead", rng),
        beaten=found.estimate("beaten", rng),
        n_rescored=sum(asked) / len(asked) if asked else 0.0,
    )
