"""KGAT behind the contract of all models."""

from __future__ import annotations

from kgrec_core.config import checked
from kgrec_core.data.interactions import Interactions
from kgrec_core.device import pick_device
from kgrec_core.recommender.contract import RecommenderState, TrainingData
from kgrec_core.recommender.neural.collaborative_graph import collaborative_graph
from kgrec_core.recommender.neural.kgat_network import KgatNetwork
from kgrec_core.recommender.neural.network import Network
from kgrec_core.recommender.neural.opaque import NeuralRecommender
from kgrec_core.recommender.neural.settings import KgatSettings

__all__ = ["KgatRecommender"]


class KgatRecommender(NeuralRecommender[KgatSettings]):
    """Attention over users, items and entities in one graph (Wang et al. 2019).

    Differs from the paper in two ways: the loss is a softmax over all items instead of BPR, and
    attention learns from that loss alone, without the TransR part.
    """

    name = "kgat"
    _n_old_items: int | None = None

    def _network(self, data: TrainingData, known: Interactions) -> Network:
        n_old = self._n_old_items or data.graph.n_items
        graph = collaborative_graph(known, data.graph, pick_device(), n_old_items=n_old)
        return KgatNetwork(self.settings, graph, known)

    @classmethod
    def from_state(cls, state: RecommenderState, data: TrainingData) -> KgatRecommender:
        """Bring a fitted model back; items that `data` has more speak by their links."""
        recommender = cls(checked(KgatSettings, state.settings["settings"]))
        recommender._n_old_items = int(state.arrays["item"].shape[0])
        recommender._restore(state, data)
        return recommender
