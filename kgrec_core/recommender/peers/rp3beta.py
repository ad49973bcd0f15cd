"""RP3beta: three random steps from an item over a user to an item (Paudel et al. 2017)."""

from __future__ import annotations

from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from kgrec_core.recommender.kernel_based import NeighborRecommender
from kgrec_core.recommender.neighbors import Similarity
from kgrec_core.recommender.search_space import FloatRange, IntRange, SearchSpace

__all__ = ["Rp3BetaRecommender", "Rp3BetaSettings"]


class Rp3BetaSettings(BaseModel):
    """Random walks with a penalty on popular items."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    search_space: ClassVar[SearchSpace] = {
        "n_neighbors": IntRange(20, 500, log=True),
        "alpha": FloatRange(0.2, 1.5),
        "beta": FloatRange(0.0, 1.0),
    }

    n_neighbors: int = Field(
        default=200, ge=1, description="Items most often reached from, kept per item."
    )
    alpha: float = Field(
        default=0.7,
        ge=0,
        le=2,
        description="Exponent of the step probabilities: larger favors walks over users and items "
        "with few choices.",
    )
    beta: float = Field(
        default=0.5, ge=0, le=1, description="How much popular items are held back; 0 not at all."
    )


class Rp3BetaRecommender(NeighborRecommender):
    """k(j, i) = sum over users of (1 / d_j) ** alpha * (1 / n_u) ** alpha / d_i ** beta."""

    name = "rp3beta"
    settings_class = Rp3BetaSettings
    settings: Rp3BetaSettings

    def similarity(self) -> Similarity:
        """The walk as a similarity: a step leaves an item or a user in d or n directions."""
        return Similarity(
            user_exponent=self.settings.alpha,
            source_exponent=self.settings.alpha,
            target_exponent=self.settings.beta,
            shrinkage=0.0,
            n_neighbors=self.settings.n_neighbors,
        )
