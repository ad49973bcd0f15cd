"""What each modality is worth: the same model with one of them switched the other way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from kgrec_core.config import checked
from kgrec_core.errors import ConfigError
from kgrec_core.recommender.registry import settings_class

__all__ = ["Contender", "ablation_contenders", "modality_switches"]

PREFIX = "use_"


@dataclass(frozen=True)
class Contender:
    """One row of a comparison.

    Attributes:
        label: as the table names it.
        model: registry name.
        settings: what differs from the model's defaults.
    """

    label: str
    model: str
    settings: dict[str, Any] = field(default_factory=dict)


def modality_switches(model: str) -> dict[str, bool]:
    """Yes-or-no settings of a model that switch a modality ("use_graph"), with their defaults.

    Raises:
        ConfigError: there is no such model.
    """
    return {
        name: bool(field.default)
        for name, field in settings_class(model).model_fields.items()
        if name.startswith(PREFIX) and isinstance(field.default, bool)
    }


def ablation_contenders(model: str, settings: dict[str, Any] | None = None) -> list[Contender]:
    """The model once per switch, with that one turned: "fusion without graph".

    Switches that are off by default are turned on ("fusion with social"). Combinations that the
    model refuses are left out.

    Args:
        model: registry name.
        settings: what all of them share.

    Raises:
        ConfigError: the model has no such switch.
    """
    shared = dict(settings or {})
    found = []
    for name, default in modality_switches(model).items():
        is_on = bool(shared.get(name, default))
        word = "without" if is_on else "with"
        label = f"{model} {word} {name.removeprefix(PREFIX).replace('_', ' ')}"
        turned = shared | {name: not is_on}
        if _is_allowed(model, turned):
            found.append(Contender(label, model, turned))
    if not found:
        raise ConfigError(
            f"The model '{model}' has no modality that can be switched off, so there is no "
            "ablation of it. Choose a reference that has, such as 'fusion'."
        )
    return found


def _is_allowed(model: str, settings: dict[str, Any]) -> bool:
    try:
        checked(settings_class(model), settings)
    except ConfigError:
        return False
    return True
