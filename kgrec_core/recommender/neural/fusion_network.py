"""The articles' fusion network behind the contract of all models."""

from __future__ import annotations

from kgrec_core.config import checked
from kgrec_core.data.interactions import Interactions
from kgrec_core.device import pick_device
from kgrec_core.recommender.contract import RecommenderState, TrainingData
from kgrec_core.recommender.neural.fusion_network_model import FusionNetwork
from kgrec_core.recommender.neural.item_content import item_content
from kgrec_core.recommender.neural.network import Network
from kgrec_core.recommender.neural.opaque import NeuralRecommender
from kgrec_core.recommender.neural.settings import FusionNetworkSettings

__all__ = ["FusionNetworkRecommender"]


class FusionNetworkRecommender(NeuralRecommender[FusionNetworkSettings]):
    """The articles' fusion of language model, learned vectors and graph, kept as a peer."""

    name = "fusion-network"

    def _network(self, data: TrainingData, known: Interactions) -> Network:
        content = item_content(data, self.settings.n_neighbors, pick_device())
        return FusionNetwork(self.settings, content, known)

    @classmethod
    def from_state(cls, state: RecommenderState, data: TrainingData) -> FusionNetworkRecommender:
        """Bring a fitted model back; items that `data` has more speak by text and links."""
        recommender = cls(checked(FusionNetworkSettings, state.settings["settings"]))
        recommender._restore(state, data)
        return recommender
