"""Settings of the neural peers; the descriptions are the help texts of the Train page."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kgrec_core.recommender.search_space import Choice, FloatRange, IntRange, SearchSpace

__all__ = ["AnilSettings", "FusionNetworkSettings", "KgatSettings", "NeuralSettings"]


class NeuralSettings(BaseModel):
    """What all networks share."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    embedding_dim: int = Field(
        default=64, ge=2, le=512, description="Length of the vectors of users, items and entities."
    )
    learning_rate: float = Field(
        default=0.01, gt=0, le=1, description="Size of a step; smaller is slower but steadier."
    )
    l2: float = Field(
        default=1e-6, ge=0, description="Pull of all learned numbers toward zero; less overfitting."
    )
    n_epochs: int = Field(
        default=100, ge=1, le=10_000, description="Most passes over the users while training."
    )
    patience: int = Field(
        default=5,
        ge=1,
        description="Training stops when so many passes brought no better list on validation.",
    )
    epochs_without_validation: int = Field(
        default=20, ge=1, le=10_000, description="Passes when there is no validation part."
    )
    batch_users: int = Field(
        default=128, ge=1, description="Users that are learned from in one step."
    )
    selection_k: int = Field(
        default=20, ge=1, le=200, description="List length at which training is judged."
    )


class KgatSettings(NeuralSettings):
    """KGAT: attention over users, items and entities in one graph (Wang et al. 2019)."""

    learning_rate: float = Field(
        default=0.02, gt=0, le=1, description="Size of a step; smaller is slower but steadier."
    )
    batch_users: int = Field(
        default=512,
        ge=1,
        description="Users that are learned from in one step; each step passes over the graph.",
    )
    steps_per_epoch: int = Field(
        default=8, ge=1, description="Most steps between two looks at the validation part."
    )
    relation_dim: int = Field(
        default=16, ge=1, le=256, description="Length of the vectors that attention compares."
    )
    n_layers: int = Field(
        default=1, ge=1, le=3, description="How many links far a node listens to others."
    )
    aggregator: Literal["bi-interaction", "sum"] = Field(
        default="bi-interaction",
        description="How a node combines its own vector with its neighbors': by sum and product, "
        "or by sum alone.",
    )
    edge_dropout: float = Field(
        default=0.5, ge=0, lt=1, description="Share of links left out in each training step."
    )
    message_dropout: float = Field(
        default=0.1, ge=0, lt=1, description="Share of each message left out in training."
    )
    temperature: float = Field(
        default=0.2, gt=0, description="Smaller values make training look at the best items only."
    )

    search_space: ClassVar[SearchSpace] = {
        "embedding_dim": Choice((32, 64, 96)),
        "learning_rate": FloatRange(0.003, 0.05, log=True),
        "l2": FloatRange(1e-8, 1e-3, log=True),
        "n_layers": IntRange(1, 2),
        "aggregator": Choice(("bi-interaction", "sum")),
        "edge_dropout": FloatRange(0.0, 0.6),
        "message_dropout": FloatRange(0.0, 0.5),
        "temperature": FloatRange(0.1, 1.0, log=True),
    }


class ContentSettings(NeuralSettings):
    """What networks share that read texts and links of the items."""

    n_neighbors: int = Field(
        default=32,
        ge=0,
        le=500,
        description="Most linked entities per item that its graph vector is the mean of.",
    )
    item_dropout: float = Field(
        default=0.1,
        ge=0,
        lt=1,
        description="How often the learned vector of an item is hidden in training, so that its "
        "text and links speak: more helps new items.",
    )


class FusionNetworkSettings(ContentSettings):
    """Text, learned and graph vectors of users and items, fused by a gate, scored by a network."""

    learning_rate: float = Field(
        default=0.01, gt=0, le=1, description="Size of a step; smaller is slower but steadier."
    )
    batch_users: int = Field(
        default=64, ge=1, description="Users that are learned from in one step."
    )
    fusion: Literal["gate", "concat"] = Field(
        default="gate",
        description="How text and learned vectors become one: weighed by a gate, or side by side.",
    )
    scorer: Literal["mlp", "transformer"] = Field(
        default="mlp",
        description="What compares user and item: a small network of their vectors, or a "
        "transformer in which the item looks at the history.",
    )
    hidden_dim: int = Field(default=64, ge=2, le=1024, description="Width of the hidden layer.")
    n_heads: int = Field(
        default=2, ge=1, le=16, description="Heads of the transformer; must divide 'embedding_dim'."
    )
    max_history: int = Field(
        default=200, ge=1, le=2000, description="Latest items of a user that are read."
    )
    n_negatives: int = Field(
        default=4, ge=1, le=100, description="Items drawn by chance against each chosen one."
    )
    dropout: float = Field(
        default=0.2, ge=0, lt=1, description="Share of the inner values left out in training."
    )
    user_dropout: float = Field(
        default=0.5,
        ge=0,
        lt=1,
        description="How often the learned vector of a user is hidden in training, so that the "
        "history speaks: more helps newcomers.",
    )

    search_space: ClassVar[SearchSpace] = {
        "embedding_dim": Choice((32, 64)),
        "learning_rate": FloatRange(0.001, 0.02, log=True),
        "l2": FloatRange(1e-8, 1e-4, log=True),
        "fusion": Choice(("gate", "concat")),
        "scorer": Choice(("mlp", "transformer")),
        "n_negatives": IntRange(2, 16, log=True),
        "dropout": FloatRange(0.0, 0.5),
        "user_dropout": FloatRange(0.0, 0.8),
        "item_dropout": FloatRange(0.0, 0.5),
    }

    @model_validator(mode="after")
    def _heads_divide_the_vectors(self) -> FusionNetworkSettings:
        if self.scorer == "transformer" and self.embedding_dim % self.n_heads:
            raise ValueError("'n_heads' must divide 'embedding_dim'")
        return self


class AnilSettings(ContentSettings):
    """ANIL: shared item vectors, a head per user learned in a few steps (Raghu et al. 2020)."""

    n_steps: int = Field(
        default=3, ge=1, le=20, description="Gradient steps from the common user to this one."
    )
    dropout: float = Field(
        default=0.2, ge=0, lt=1, description="Share of the item vectors left out in training."
    )
    few_shot_share: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="How often training pretends that only 1 to 10 items of a user are known; "
        "else any part of the history.",
    )

    search_space: ClassVar[SearchSpace] = {
        "embedding_dim": Choice((32, 64, 128)),
        "learning_rate": FloatRange(0.002, 0.03, log=True),
        "l2": FloatRange(1e-8, 1e-4, log=True),
        "n_steps": IntRange(1, 6),
        "dropout": FloatRange(0.0, 0.5),
        "item_dropout": FloatRange(0.0, 0.5),
        "few_shot_share": FloatRange(0.2, 0.9),
    }
