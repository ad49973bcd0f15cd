"""Settings of a run: frozen, checked on construction, to and from JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    field_validator,
    model_serializer,
    model_validator,
)

from kgrec_core.errors import ConfigError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

__all__ = [
    "MODEL_NAMES",
    "CountedFeedback",
    "SplitName",
    "SplitSettings",
    "TrainSettings",
    "checked",
]

SplitName = Literal[
    "random", "leave-last-out", "temporal", "cold-items", "cold-users", "given", "none"
]
MODEL_NAMES = (
    "fusion",
    "ease",
    "item-knn",
    "popularity",
    "rp3beta",
    "als",
    "bpr-mf",
    "mf-softmax",
    "lightgcn",
    "kgat",
    "fusion-network",
    "anil",
)

SettingsModel = TypeVar("SettingsModel", bound=BaseModel)


class SplitSettings(BaseModel):
    """How interactions are held out.

    Attributes:
        name: kind of split; "none" fits on everything and holds out nothing for the test.
        test_fraction: share of interactions (or of items / users for the cold splits) in the test.
        validation_fraction: share of the *remaining* interactions used to choose settings.
        seed: seed of the split alone.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: SplitName = "random"
    test_fraction: float = Field(default=0.2, gt=0, lt=1)
    validation_fraction: float = Field(default=0.1, ge=0, lt=1)
    seed: int = Field(default=0, ge=0)


class CountedFeedback(BaseModel):
    """What people said on the page and a run counts, in the ids of the data.

    The order in which it was said is not part of it, so the same feedback is the same run.

    Attributes:
        likes: (user, item): counts as an interaction.
        dislikes: (user, item): does not count as one, and the item is not recommended to the user.
        blocked: (head, relation, tail): links that are left out of the graph.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    likes: tuple[tuple[str, str], ...] = ()
    dislikes: tuple[tuple[str, str], ...] = ()
    blocked: tuple[tuple[str, str, str], ...] = ()

    @field_validator("likes", "dislikes", "blocked")
    @classmethod
    def _in_order(cls, values: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
        return tuple(sorted(set(values)))

    @model_validator(mode="after")
    def _is_of_one_mind(self) -> CountedFeedback:
        both = sorted(set(self.likes) & set(self.dislikes))
        if both:
            raise ValueError(f"a pair is liked or disliked, not both: {both[0]}")
        return self

    @property
    def is_empty(self) -> bool:
        """True when nothing was said."""
        return not (self.likes or self.dislikes or self.blocked)


class TrainSettings(BaseModel):
    """Everything that, with the data, determines a run.

    Attributes:
        model: registry name of the recommender.
        model_settings: settings of that model, checked by its own class.
        split: what is held out.
        text_model: "minilm" (packaged), "none", or the folder of a sentence-transformers model.
        seed: seed of everything random in the fit.
        feedback: what people said that is to count; left out of the JSON when there is none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str = "fusion"
    model_settings: dict[str, Any] = Field(default_factory=dict)
    split: SplitSettings = SplitSettings()
    text_model: str = "minilm"
    seed: int = Field(default=0, ge=0)
    feedback: CountedFeedback = CountedFeedback()

    @model_serializer(mode="wrap")
    def _without_empty_feedback(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        values: dict[str, Any] = handler(self)
        if self.feedback.is_empty:
            values.pop("feedback", None)
        return values


def checked(settings_class: type[SettingsModel], values: dict[str, Any]) -> SettingsModel:
    """`settings_class(**values)` with our error instead of pydantic's.

    Raises:
        ConfigError: one sentence per broken rule, with setting, rule and value.
    """
    try:
        return settings_class.model_validate(values)
    except ValidationError as error:
        sentences = [_sentence(settings_class, fault) for fault in error.errors()]
        raise ConfigError(" ".join(sentences)) from None


def _sentence(settings_class: type[BaseModel], fault: ErrorDetails) -> str:
    owner = settings_class.__name__
    where = ".".join(str(part) for part in fault["loc"]) or owner
    got = str(fault["input"])[:80]
    if fault["type"] != "extra_forbidden":
        return f"'{where}' in '{owner}': {fault['msg']} (got {got})."
    known = f" It has: {', '.join(settings_class.model_fields)}." if len(fault["loc"]) == 1 else ""
    return f"There is no setting '{where}' in '{owner}' (got {got}).{known}"
