"""What all neural recommenders share: fit, score in batches, an honest explanation, saving."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

import numpy as np

from kgrec_core.contracts import FloatArray, OnProgress, no_progress
from kgrec_core.data.interactions import Interactions
from kgrec_core.device import pick_device
from kgrec_core.errors import MissingStepError
from kgrec_core.recommender.contract import (
    Contribution,
    EvidenceUnit,
    PairExplanation,
    RecommenderState,
    TrainingData,
    UserEvidence,
)
from kgrec_core.recommender.neural.network import Network, Scorer
from kgrec_core.recommender.neural.settings import NeuralSettings
from kgrec_core.recommender.neural.tensors import Arrays, Parameters, to_tensors
from kgrec_core.recommender.neural.training import Validate, train
from kgrec_core.recommender.neural.validation import Bench, validation_bench

__all__ = ["NeuralRecommender"]

SettingsType = TypeVar("SettingsType", bound=NeuralSettings)


class NeuralRecommender(ABC, Generic[SettingsType]):
    """A network behind the contract of all models.

    The number of epochs is chosen on the validation part; then the network is trained again from
    the start, on train and validation, for so many epochs. Its reasons cannot be taken apart, so
    an explanation is the bias of the item and one term for the user's profile.
    """

    name: ClassVar[str]

    def __init__(self, settings: SettingsType) -> None:
        self.settings = settings
        self._arrays: Arrays = {}
        self._scorer: Scorer | None = None

    @abstractmethod
    def _network(self, data: TrainingData, known: Interactions) -> Network:
        """The network over these interactions."""

    def _benches(self, data: TrainingData, rng: np.random.Generator) -> list[Bench]:
        """What training is judged by: the mean over all of these."""
        bench = validation_bench(data, self.settings.selection_k, rng)
        return [bench] if bench else []

    @property
    def scorer(self) -> Scorer:
        """The fitted network.

        Raises:
            MissingStepError: `fit` was not called.
        """
        if self._scorer is None:
            raise MissingStepError(f"The model '{self.name}' has to be fitted before it can score.")
        return self._scorer

    @property
    def n_items(self) -> int:
        """Items that can be scored."""
        return int(self.scorer.bias.size)

    def fit(
        self, data: TrainingData, *, rng: np.random.Generator, on_progress: OnProgress = no_progress
    ) -> dict[str, float]:
        """Choose the number of epochs on validation, then train on train and validation."""
        device = pick_device()
        seed = int(rng.integers(2**62))
        n_epochs, metrics = self.settings.epochs_without_validation, {}
        benches = self._benches(data, rng)
        if benches:
            network = self._network(data, data.train)
            chosen = train(
                network,
                self.settings,
                n_epochs=self.settings.n_epochs,
                seed=seed,
                device=device,
                stage="Training the network",
                on_progress=on_progress,
                validate=_judge(network, benches),
            )
            n_epochs = chosen.n_epochs
            metrics = {"validation ndcg": chosen.best, "epochs": float(n_epochs)}
        final = self._network(data, data.known())
        trained = train(
            final,
            self.settings,
            n_epochs=n_epochs,
            seed=seed,
            device=device,
            stage="Training on all known interactions",
            on_progress=on_progress,
        )
        self._take(final, trained.arrays)
        return metrics

    def score(self, users: Sequence[UserEvidence]) -> FloatArray:
        """Scores of all items, float32 (n_users, n_items); computed in float64."""
        if not users:
            return np.zeros((0, self.n_items), dtype=np.float32)
        return self.scorer.scores(users)

    def explain(self, user: UserEvidence, item_index: int) -> PairExplanation:
        """The bias of the item and one term for everything that the network made of the user."""
        score = float(self.score([user])[0, item_index])
        bias = float(self.scorer.bias[item_index])
        profile = Contribution(
            "collaborative",
            EvidenceUnit("profile", 0),
            value=score - bias,
            attention=1.0,
            gate=1.0,
            kernel=score - bias,
        )
        return PairExplanation(item_index, score, bias, (profile,))

    def state(self) -> RecommenderState:
        """Settings and learned parameters; graph and texts come with the data again."""
        if self._scorer is None:
            raise MissingStepError(f"The model '{self.name}' has to be fitted before it is saved.")
        return RecommenderState({"settings": self.settings.model_dump()}, dict(self._arrays))

    def _restore(self, state: RecommenderState, data: TrainingData) -> None:
        network = self._network(data, data.known())
        self._take(network, network.extended(state.arrays))

    def _take(self, network: Network, arrays: Arrays) -> None:
        self._arrays = arrays
        self._scorer = network.scorer(to_tensors(arrays, pick_device(), exact=True))


def _judge(network: Network, benches: Sequence[Bench]) -> Validate:
    def validate(parameters: Parameters) -> float:
        scorer = network.scorer(parameters)
        return float(np.mean([bench.ndcg(scorer) for bench in benches]))

    return validate
