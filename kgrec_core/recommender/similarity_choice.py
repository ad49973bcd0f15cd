"""Which similarity of items suits the data: a few of them are tried on the validation part."""

from __future__ import annotations

import numpy as np

from kgrec_core.recommender.contract import TrainingData
from kgrec_core.recommender.fusion_channels import similarity_of
from kgrec_core.recommender.fusion_settings import FitParameters, FusionSettings
from kgrec_core.recommender.neighbors import nearest_items
from kgrec_core.recommender.search import MAX_SCORES, has_regression
from kgrec_core.recommender.validation import LOWEST, mean_ndcg

__all__ = ["SIMILARITIES", "choose_similarity"]

SIMILARITIES = (
    (0.5, 0.5, 0.5, 10.0),
    (0.5, 0.5, 0.3, 1.0),
    (0.7, 0.4, 0.3, 1.0),
    (0.5, 0.6, 0.4, 20.0),
)
"""Exponents of users, sources and targets, and shrinkage (see `Similarity`)."""
MAX_USERS = 1000


def choose_similarity(
    data: TrainingData,
    parameters: FitParameters,
    settings: FusionSettings,
    rng: np.random.Generator,
) -> FitParameters:
    """The parameters with the similarity whose neighbors alone rank best.

    Args:
        data: fitted on its training part, judged on its validation part.
        parameters: get the similarity.
        settings: whether neighbors are used, and the list length.
        rng: draws users where there are many.
    """
    users = np.flatnonzero(data.train.user_counts() * data.validation.user_counts())
    is_fixed = settings.n_rounds == 0 and has_regression(data.train)
    is_used = settings.use_collaborative and settings.use_neighbors
    if not users.size or is_fixed or not is_used:
        return parameters
    most = max(1, min(MAX_USERS, MAX_SCORES // max(data.train.n_items, 1)))
    if users.size > most:
        users = np.sort(rng.choice(users, most, replace=False))
    histories = data.train.matrix()[users]
    histories.data[:] = 1.0
    relevant = np.asarray(data.validation.matrix()[users].toarray() > 0)

    def value(choice: tuple[float, float, float, float]) -> float:
        kernel = nearest_items(data.train, similarity_of(choice))
        scores = np.asarray((histories @ kernel.T).toarray(), dtype=np.float32)
        scores[histories.nonzero()] = LOWEST
        return mean_ndcg(scores, relevant, settings.selection_k)

    return parameters.model_copy(update={"similarity": max(SIMILARITIES, key=value)})
