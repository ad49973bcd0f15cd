"""Settings of a run: frozen, checked on construction, to and from JSON."""

from __future__ import annotations

from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kgrec_core.errors import ConfigError

__all__ = ["MODEL_NAMES", "SplitName", "SplitSettings", "TrainSettings", "checked"]

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


class TrainSettings(BaseModel):
    """Everything that, with the data, determines a run.

    Attributes:
        model: registry name of the recommender.
        model_settings: settings of that model, checked by its own class.
        split: what is held out.
        text_model: "minilm" (packaged), "none", or the folder of a sentence-transformers model.
        seed: seed of everything random in the fit.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str = "fusion"
    model_settings: dict[str, Any] = Field(default_factory=dict)
    split: SplitSettings = SplitSettings()
    text_model: str = "minilm"
    seed: int = Field(default=0, ge=0)


def checked(settings_class: type[SettingsModel], values: dict[str, Any]) -> SettingsModel:
    """`settings_class(**values)` with our error instead of pydantic's.

    Raises:
        ConfigError: one sentence per broken rule, with setting, rule and value.
    """
    try:
        return settings_class.model_validate(values)
    except ValidationError as error:
        owner = settings_class.__name__
        sentences = [
            f"'{'.'.join(str(part) for part in fault['loc']) or owner}' in '{owner}': "
            f"{fault['msg']} (got {str(fault['input'])[:80]})."
            for fault in error.errors()
        ]
        raise ConfigError(" ".join(sentences)) from None
