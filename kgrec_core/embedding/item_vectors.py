"""What learned item vectors are and what may be set; `item_vector_training` fits them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import scipy.sparse as sp
from pydantic import BaseModel, ConfigDict, Field, model_validator

from kgrec_core.contracts import FloatArray
from kgrec_core.data.interactions import Interactions
from kgrec_core.errors import ArtifactError

__all__ = ["ItemVectorSettings", "ItemVectors"]

Aggregation = Literal["attention", "mean"]


class ItemVectorSettings(BaseModel):
    """What an item vector is made of, and how it is learned."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    embedding_dim: int = Field(default=64, ge=1, description="Numbers per item vector.")
    use_free: bool = Field(
        default=True,
        description="Give each item a vector of its own; without it a vector comes from links "
        "and texts alone, so that items nobody has met are treated like all others.",
    )
    use_graph: bool = Field(default=True, description="Let the knowledge graph shape the vectors.")
    use_text: bool = Field(default=True, description="Let the texts shape the vectors.")
    is_shared: bool = Field(
        default=True,
        description="Use the same vector for an item as evidence and as recommendation.",
    )
    has_common_source: bool = Field(
        default=True,
        description="Give all items one more vector as evidence, for what any choice says.",
    )
    n_layers: int = Field(default=1, ge=1, le=3, description="Hops that messages travel.")
    aggregation: Aggregation = Field(
        default="attention",
        description="How the relations of an item are weighed: by learned attention, or each "
        "link the same.",
    )
    min_links: int = Field(
        default=2,
        ge=1,
        description="Entities with fewer links get no vector: they tell items apart but connect "
        "none.",
    )
    free_dropout: float = Field(
        default=0.2,
        ge=0,
        lt=1,
        description="Share of items whose own vector is hidden in a step, so that links and texts "
        "learn to stand alone; only used along with links or texts.",
    )
    keep: float = Field(
        default=0.5, gt=0, lt=1, description="Share of a history that is shown in a step."
    )
    temperature: float = Field(
        default=0.15, gt=0, description="Sharpness of the softmax over items; smaller is sharper."
    )
    learning_rate: float = Field(default=0.02, gt=0, description="Step size of Adam.")
    batch_size: int = Field(default=128, ge=1, description="Users per step.")
    epochs: int = Field(
        default=40, ge=1, description="Passes over all users; with validation data the most."
    )
    patience: int = Field(
        default=6, ge=1, description="Checks without a gain before the fit ends early."
    )
    epochs_per_check: int = Field(default=2, ge=1, description="Passes between two checks.")
    validation_k: int = Field(default=20, ge=1, description="Cutoff of the NDCG of a check.")

    @model_validator(mode="after")
    def _made_of_something(self) -> ItemVectorSettings:
        if not (self.use_free or self.use_graph or self.use_text):
            raise ValueError("use_free, use_graph and use_text must not all be false")
        return self


@dataclass(frozen=True)
class ItemVectors:
    """score(u, i) = s_u * sum over j in the history of exp(log_attention_j) <source_j, target_i>.

    Attributes:
        source: what an item says as evidence, float32 (n_items, dim).
        target: what an item is as a recommendation, unit or zero rows, float32 (n_items, dim).
        log_attention: log of the weight of an item as evidence, float32 (n_items,).
        n_epochs: passes of the fit that gave these vectors; a fit on more data may use as many.
        metrics: "ndcg@k" on the validation part; empty without one.
    """

    source: FloatArray
    target: FloatArray
    log_attention: FloatArray
    n_epochs: int
    metrics: dict[str, float]

    def weighted_source(self) -> FloatArray:
        """exp(log_attention_j) * source_j, float32 (n_items, dim)."""
        return np.asarray(self.source * np.exp(self.log_attention)[:, None], dtype=np.float32)

    def profiles_of(self, histories: sp.csr_array) -> FloatArray:
        """Unit (or zero) vectors of histories, float32 (n_users, dim).

        Args:
            histories: 1 where the user met the item, (n_users, n_items).
        """
        sums = np.asarray(histories @ self.weighted_source(), dtype=np.float32)
        norms = np.linalg.norm(sums, axis=1, keepdims=True)
        return np.asarray(sums / np.maximum(norms, np.float32(1e-12)), dtype=np.float32)

    def scores(self, interactions: Interactions) -> FloatArray:
        """Scores of all items for all users, seen ones included, float32 (n_users, n_items)."""
        histories = interactions.matrix()
        histories.data = np.ones_like(histories.data)
        return np.asarray(self.profiles_of(histories) @ self.target.T, dtype=np.float32)

    def to_arrays(self) -> dict[str, np.ndarray[Any, Any]]:
        """Everything but the metrics, as arrays."""
        return {
            "source": self.source,
            "target": self.target,
            "log_attention": self.log_attention,
            "n_epochs": np.array([self.n_epochs], dtype=np.int64),
        }

    @classmethod
    def from_arrays(cls, arrays: dict[str, np.ndarray[Any, Any]]) -> ItemVectors:
        """What `to_arrays` gave, without metrics.

        Raises:
            ArtifactError: an array is missing or the shapes do not fit.
        """
        try:
            source, target = arrays["source"], arrays["target"]
            attention, n_epochs = arrays["log_attention"], int(arrays["n_epochs"][0])
        except KeyError as error:
            raise ArtifactError(f"Saved item vectors lack the array {error}. Fit again.") from None
        if source.shape != target.shape or attention.shape != source.shape[:1]:
            raise ArtifactError(
                f"Saved item vectors do not fit each other: source {source.shape}, target "
                f"{target.shape}, log_attention {attention.shape}. Fit again."
            )
        return cls(source, target, attention, n_epochs, {})
