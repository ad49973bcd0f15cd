"""A small history and two scores taken apart, for the views of the Recommend page."""

from __future__ import annotations

import numpy as np

from kgrec_core.explanation.why_not import WhyNot, compare
from kgrec_core.recommender.contract import EvidenceUnit, PairExplanation, UserEvidence
from tests.ui.film_world import (
    ALIEN,
    BLADE,
    HEAT,
    INSIDER,
    cell,
    film_names,
    insider_explanation,
)

DAY = 86_400
START = 1_600_000_000  # 13 Sep 2020
HEAT_UNIT = EvidenceUnit("item", HEAT)


def blade_explanation() -> PairExplanation:
    """Why Blade Runner: Alien by behavior +0.08, Heat -0.04; bias 0.05."""
    cells = (
        cell("collaborative", ALIEN, 0.5, 0.5, 0.32),
        cell("collaborative", HEAT, 0.5, 0.5, -0.16),
    )
    return PairExplanation(BLADE, 0.05 + sum(part.value for part in cells), 0.05, cells)


def history(times: list[int], weights: list[float] | None = None) -> UserEvidence:
    n = len(times)
    return UserEvidence(
        np.arange(n, dtype=np.int64) % 4,
        np.array(weights or [1.0] * n, dtype=np.float32),
        np.array(times, dtype=np.int64),
    )


def blade_against_insider() -> WhyNot:
    item, against = blade_explanation(), insider_explanation()
    user = history([START, START])  # Heat, The Insider
    return WhyNot(
        user, BLADE, INSIDER, 7, 1, 20, item, against, compare(item, against, film_names())
    )
