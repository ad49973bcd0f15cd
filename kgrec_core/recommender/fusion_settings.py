"""Settings of the fusion scorer; the descriptions are the help texts of the Train page."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, model_validator

__all__ = ["FitParameters", "FusionSettings"]


class FusionSettings(BaseModel):
    """What an analyst may choose; all the rest is chosen on the validation part."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    use_collaborative: bool = Field(
        default=True, description="Learn from who interacted with what."
    )
    use_graph: bool = Field(
        default=True, description="Use links of the knowledge graph, such as a shared director."
    )
    use_text: bool = Field(default=True, description="Use how similar the item texts are.")
    text_neighbors: int = Field(
        default=100,
        ge=1,
        le=1000,
        description="How many most similar texts each item listens to.",
    )
    cold_item_cost: float = Field(
        default=0.02,
        ge=0,
        le=0.5,
        description="Share of the accuracy on known items that may be given up so that items "
        "nobody has chosen yet are shown.",
    )
    selection_k: int = Field(
        default=20, ge=1, le=200, description="List length at which settings are compared."
    )
    n_rounds: int = Field(
        default=2,
        ge=0,
        le=5,
        description="Rounds of the search on the validation part; 0 takes the defaults.",
    )

    @model_validator(mode="after")
    def _one_modality_is_on(self) -> FusionSettings:
        if not (self.use_collaborative or self.use_graph or self.use_text):
            raise ValueError("at least one modality must be switched on")
        return self


class FitParameters(BaseModel):
    """What the search chooses; saved with the run so that a fit can be repeated.

    Attributes:
        user_exponent: histories of n units are scaled by n ** -user_exponent.
        item_exponent: items with d interactions are scaled by d ** -item_exponent.
        denoise: share of random dropping e that the fit is made robust against; the ridge gets
            e / (1 - e) * diag(G) (Steck, "Autoencoders that don't overfit towards the
            identity", 2020).
        ridge: constant part of the ridge, in units of the mean diagonal of G.
        weight_exponent: attention grows with (weight / mean weight) ** weight_exponent.
        half_life: seconds after which an interaction counts half; None: age does not matter.
        relation_weights: non-negative weight of each content kernel, by kernel name.
        bias_weight: weight of the popularity bias.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    user_exponent: float = 0.25
    item_exponent: float = 0.15
    denoise: float = Field(default=0.5, ge=0, lt=1)
    ridge: float = Field(default=10.0, gt=0)
    weight_exponent: float = 0.0
    half_life: float | None = None
    relation_weights: dict[str, float] = Field(default_factory=dict)
    bias_weight: float = Field(default=0.01, ge=0)
