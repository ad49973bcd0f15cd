"""Settings of the fusion scorer; the descriptions are the help texts of the Train page."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kgrec_core.embedding.kg_embedding import KgeModelName

__all__ = ["FitParameters", "FusionSettings", "GateParameters"]


MODALITIES = (
    "use_collaborative",
    "use_graph",
    "use_embedding",
    "use_text",
    "use_social",
    "use_attributes",
)


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
    use_vectors: bool = Field(
        default=True,
        description="Learn a vector per item from histories as well: more accurate, slower.",
    )
    use_neighbors: bool = Field(
        default=True, description="Count which items are chosen by the same people."
    )
    use_order: bool = Field(
        default=True, description="Use what is chosen right after what, where times are known."
    )
    use_few_shots: bool = Field(
        default=True,
        description="Read short histories in the light of what all users are like.",
    )
    use_social: bool = Field(default=True, description="Use what friends chose.")
    use_attributes: bool = Field(
        default=True, description="Use what people with the same attributes choose."
    )
    use_attention: bool = Field(
        default=True,
        description="Let some choices of a history count more than others (recent, highly rated, "
        "telling ones); off, all count the same.",
    )
    graph_vectors: bool = Field(
        default=True,
        description="Let links and texts shape the learned item vectors through a graph network "
        "where that helps: where users have at most fifty choices on average, and the graph at "
        "most a million links. Learning them takes longer then.",
    )
    use_embedding: bool = Field(
        default=False,
        description="Learn a vector per entity from the links alone, and let items whose links "
        "look alike speak for each other. Slower; its reasons name no path.",
    )
    kg_model: KgeModelName = Field(
        default="rotate",
        description="How these vectors are learned: see `kgrec graph embed --help`.",
    )
    text_neighbors: int = Field(
        default=100,
        ge=1,
        le=1000,
        description="How many most similar texts each item listens to.",
    )
    adapt_text: bool = Field(
        default=False,
        description="Let histories teach which texts go together; kept only where held-out choices "
        "confirm it. Slower, and beside links it seldom pays.",
    )
    cold_item_cost: float = Field(
        default=0.02,
        ge=0,
        le=0.5,
        description="Share of the accuracy on known items that may be given up so that items "
        "nobody has chosen yet are shown.",
    )
    long_tail: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="How much popular items are held back in favor of rare ones; 0 is the most "
        "accurate, the Evaluate page shows the price.",
    )
    refit: bool = Field(
        default=True,
        description="After choosing, fit once more with the choices that were held out for it.",
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
        if not any(getattr(self, name) for name in type(self).model_fields if name in MODALITIES):
            raise ValueError("at least one modality must be switched on")
        return self


class GateParameters(BaseModel):
    """How loud a channel is.

    Attributes:
        weight: >= 0, in units of the core's scores.
        half: history length at which the channel has a quarter of its weight; None: it always
            has all.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    weight: float = Field(ge=0)
    half: float | None = Field(default=None, gt=0)

    def fading(self, n_voices: int) -> float:
        """Share of the weight that is left for a history of `n_voices`, in (0, 1]."""
        return 1.0 if self.half is None else (self.half / (n_voices + self.half)) ** 2


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
        gates: of the channels, by name; a channel without one is silent.
        vector_epochs: passes over the users in which item vectors are learned.
        similarity: exponents and shrinkage of the nearest-neighbor kernel (see `Similarity`).
        order_decay: how fast the order channel forgets, per choice.
        cold_gate: how loud content is about items that nobody touched.
        carried_gate: how loud scores of known items are that content carries over to them.
        cold_evenness: how evenly relations count in that; 0 as for known items, 1 all the same.
        cold_exponent: what a history of n items says by content about an item that nobody touched
            is scaled by n ** -cold_exponent: sums over links grow faster than scores of known
            items, from which behavior takes back what is said twice.
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
    gates: dict[str, GateParameters] = Field(default_factory=dict)
    vector_epochs: int = Field(default=16, ge=1)
    similarity: tuple[float, float, float, float] = (1.0, 0.3, 0.3, 10.0)
    order_decay: float = Field(default=0.7, gt=0, le=1)
    cold_gate: float = Field(default=0.5, ge=0)
    carried_gate: float = Field(default=0.0, ge=0)
    cold_evenness: float = Field(default=0.5, ge=0, le=1)
    cold_exponent: float = Field(default=0.0, ge=0, le=1)
