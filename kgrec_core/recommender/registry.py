"""The one list of models: names to classes and settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from kgrec_core.config import checked
from kgrec_core.errors import ConfigError
from kgrec_core.recommender.contract import Recommender, RecommenderState, TrainingData
from kgrec_core.recommender.fusion import FusionRecommender
from kgrec_core.recommender.fusion_settings import FusionSettings
from kgrec_core.recommender.item_based import (
    EaseRecommender,
    EaseSettings,
    ItemKnnRecommender,
    ItemKnnSettings,
)
from kgrec_core.recommender.neural.anil import AnilRecommender
from kgrec_core.recommender.neural.fusion_network import FusionNetworkRecommender
from kgrec_core.recommender.neural.kgat import KgatRecommender
from kgrec_core.recommender.neural.settings import (
    AnilSettings,
    FusionNetworkSettings,
    KgatSettings,
)
from kgrec_core.recommender.peers.als import AlsRecommender, AlsSettings
from kgrec_core.recommender.peers.factor_models import (
    BprMfRecommender,
    LightGcnRecommender,
    MfSoftmaxRecommender,
)
from kgrec_core.recommender.peers.factor_settings import (
    BprMfSettings,
    LightGcnSettings,
    MfSoftmaxSettings,
)
from kgrec_core.recommender.peers.rp3beta import Rp3BetaRecommender, Rp3BetaSettings
from kgrec_core.recommender.popularity import PopularityRecommender, PopularitySettings

__all__ = ["create_recommender", "restore_recommender", "settings_class"]


@dataclass(frozen=True)
class _Entry:
    settings: type[BaseModel]
    create: Callable[[Any], Recommender]
    restore: Callable[[RecommenderState, TrainingData], Recommender]


_MODELS: dict[str, _Entry] = {
    "fusion": _Entry(FusionSettings, FusionRecommender, FusionRecommender.from_state),
    "ease": _Entry(EaseSettings, EaseRecommender, EaseRecommender.from_state),
    "item-knn": _Entry(ItemKnnSettings, ItemKnnRecommender, ItemKnnRecommender.from_state),
    "popularity": _Entry(
        PopularitySettings, PopularityRecommender, PopularityRecommender.from_state
    ),
    "rp3beta": _Entry(Rp3BetaSettings, Rp3BetaRecommender, Rp3BetaRecommender.from_state),
    "als": _Entry(AlsSettings, AlsRecommender, AlsRecommender.from_state),
    "bpr-mf": _Entry(BprMfSettings, BprMfRecommender, BprMfRecommender.from_state),
    "mf-softmax": _Entry(MfSoftmaxSettings, MfSoftmaxRecommender, MfSoftmaxRecommender.from_state),
    "lightgcn": _Entry(LightGcnSettings, LightGcnRecommender, LightGcnRecommender.from_state),
    "kgat": _Entry(KgatSettings, KgatRecommender, KgatRecommender.from_state),
    "fusion-network": _Entry(
        FusionNetworkSettings, FusionNetworkRecommender, FusionNetworkRecommender.from_state
    ),
    "anil": _Entry(AnilSettings, AnilRecommender, AnilRecommender.from_state),
}


def settings_class(name: str) -> type[BaseModel]:
    """The settings of a model; its fields carry descriptions for people.

    Raises:
        ConfigError: there is no such model.
    """
    return _entry(name).settings


def create_recommender(name: str, settings: dict[str, Any]) -> Recommender:
    """An unfitted model.

    Raises:
        ConfigError: there is no such model, or a setting breaks its rule.
    """
    entry = _entry(name)
    return entry.create(checked(entry.settings, settings))


def restore_recommender(name: str, state: RecommenderState, data: TrainingData) -> Recommender:
    """A fitted model from what was saved and the data it was fitted on.

    `data` may hold more items at the end; they are scored as cold items.
    """
    return _entry(name).restore(state, data)


def _entry(name: str) -> _Entry:
    if name not in _MODELS:
        known = ", ".join(_MODELS)
        raise ConfigError(f"'model' must be one of {known} in 'TrainSettings' (got '{name}').")
    return _MODELS[name]
