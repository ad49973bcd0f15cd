"""How loud content may be about items that nobody touched, so that mixed lists rank well.

Some items that users know are hidden from a trial fit. Their scores, by content alone, are made
louder step by step; the loudest step that costs the lists of the other items no more of their NDCG
than is accepted wins.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy.sparse as sp

from kgrec_core.contracts import IndexArray
from kgrec_core.data.interactions import Interactions
from kgrec_core.recommender.contract import TrainingData
from kgrec_core.recommender.fusion_model import FusionModel
from kgrec_core.recommender.search import MAX_SCORES
from kgrec_core.recommender.validation import LOWEST, mean_ndcg

__all__ = ["DEFAULT_GATE", "GATES", "choose_cold_gate"]

HIDDEN_SHARE = (0.02, 0.2)
"""As many items are hidden as are cold in the data, within these shares."""
GATES = tuple(float(gate) for gate in np.geomspace(0.05, 10.0, 24))
DEFAULT_GATE = 0.5
"""Without a validation part there is nothing to weigh; content then speaks at half volume."""


def choose_cold_gate(
    data: TrainingData,
    fit: Callable[[Interactions], FusionModel],
    *,
    k: int,
    accepted_loss: float,
    rng: np.random.Generator,
) -> float:
    """The loudest gate whose cost to known items is accepted.

    Args:
        data: its validation part judges.
        fit: makes a model, with gate 1, of given interactions.
        k: list length at which lists are compared.
        accepted_loss: share of the NDCG on known items, in [0, 1).
        rng: draws the hidden items and, on large data, the users.
    """
    if not len(data.validation):
        return DEFAULT_GATE
    warm_items = np.flatnonzero(data.train.item_counts()).astype(np.int64)
    share = float(np.clip(1.0 - warm_items.size / data.train.n_items, *HIDDEN_SHARE))
    n_hidden = max(1, int(share * warm_items.size))
    hidden = rng.choice(warm_items, n_hidden, replace=False)
    train = data.train.select(~np.isin(data.train.item_indices, hidden))
    judges = data.validation.select(~np.isin(data.validation.item_indices, hidden))
    users = np.intersect1d(train.user_indices, judges.user_indices)
    most = max(1, MAX_SCORES // max(train.n_items, 1))
    if users.size > most:
        users = np.sort(rng.choice(users, most, replace=False))
    if not users.size:
        return DEFAULT_GATE
    model = fit(train)
    known, told = _scores(model, train, users)
    relevant = np.asarray(judges.matrix()[users].toarray() > 0)
    alone = mean_ndcg(np.where(model.is_cold, LOWEST, known), relevant, k)
    for gate in reversed(GATES):
        mixed = np.where(model.is_cold, np.float32(gate) * told, known)
        if mean_ndcg(mixed, relevant, k) >= (1.0 - accepted_loss) * alone:
            return gate
    return GATES[0]


def _scores(
    model: FusionModel, train: Interactions, users: IndexArray
) -> tuple[np.ndarray, np.ndarray]:
    """Whole scores and scores by content alone, both (n_users, n_items), seen items hidden."""
    part: sp.csr_array = model.attention.matrix(train)[users]
    content = model.content_of_items(np.ascontiguousarray(part.toarray(), dtype=np.float32))
    whole = content + (model.correction.apply(part) if model.correction is not None else 0.0)
    seen = part.nonzero()
    known = whole * model.target_scale + model.bias
    told = content * model.target_scale
    known[seen] = LOWEST
    return known, told
