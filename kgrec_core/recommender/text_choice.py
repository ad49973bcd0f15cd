"""Whether texts are compared as they are, or through what histories teach about them."""

from __future__ import annotations

import dataclasses

import numpy as np

from kgrec_core.contracts import BoolArray, OnProgress
from kgrec_core.data.interactions import Interactions
from kgrec_core.embedding.text_adapter import fit_text_adapter, refit_text_adapter
from kgrec_core.recommender.contract import TrainingData
from kgrec_core.recommender.fusion_fitting import ContentKernels, heard_through
from kgrec_core.recommender.fusion_settings import FusionSettings
from kgrec_core.recommender.search import is_better_text

__all__ = ["choose_texts", "refit_texts"]


def choose_texts(
    data: TrainingData,
    kernels: ContentKernels,
    settings: FusionSettings,
    rng: np.random.Generator,
    on_progress: OnProgress,
) -> ContentKernels:
    """The kernels with an adapter where it pays twice, else as they are.

    It has to rank hidden items better by their texts alone, and then the held-out choices of the
    validation part beside all other content.

    Args:
        data: fitted on its training part, judged on its validation part.
        kernels: texts as they are.
        settings: whether texts may be adapted, and whether anything is searched at all.
        rng: everything random.
        on_progress: hears about the fit.
    """
    is_searched = settings.adapt_text and settings.n_rounds > 0 and len(data.validation) > 0
    if kernels.text is None or not is_searched or not _has_pairs(data):
        return kernels
    own_rng = rng.spawn(1)[0]
    adapter = fit_text_adapter(
        data.text_vectors,
        data.train,
        rng=own_rng,
        # What texts alone rank is no step towards the figure that the search reports.
        on_progress=lambda progress: on_progress(dataclasses.replace(progress, metrics={})),
    )
    if not adapter.share:
        return kernels
    adapted = heard_through(kernels, adapter, data.text_vectors, settings)
    if adapted.text is None:
        return kernels
    texts = (kernels.text, adapted.text)
    is_better = is_better_text(data, settings, kernels.graph, texts, rng=own_rng)
    return adapted if is_better else kernels


def refit_texts(
    data: TrainingData,
    known: Interactions,
    kernels: ContentKernels,
    settings: FusionSettings,
    rng: np.random.Generator,
) -> ContentKernels:
    """The kernels with their adapter, if any, learned from `known`."""
    if kernels.adapter is None:
        return kernels
    adapter = refit_text_adapter(kernels.adapter, data.text_vectors, known, rng=rng.spawn(1)[0])
    return heard_through(kernels, adapter, data.text_vectors, settings)


def _has_pairs(data: TrainingData) -> bool:
    """Whether somebody met two items that have a text."""
    has_text: BoolArray = np.abs(data.text_vectors).sum(axis=1) > 0
    met = data.train.select(has_text[data.train.item_indices])
    return bool((met.user_counts() >= 2).any())
