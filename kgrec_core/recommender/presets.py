"""Named sets of settings of the fusion model, for people who do not want to choose each one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from kgrec_core.errors import ConfigError

__all__ = ["PRESETS", "Preset", "preset_of"]


@dataclass(frozen=True)
class Preset:
    """One choice.

    Attributes:
        name: key on the command line.
        label: for people.
        description: what it is good for and what it costs.
        model_settings: settings of the fusion model that differ from the defaults.
    """

    name: str
    label: str
    description: str
    model_settings: dict[str, Any] = field(default_factory=dict)


PRESETS: tuple[Preset, ...] = (
    Preset(
        "accurate",
        "Accurate",
        "Everything switched on and weighed on held-out choices. The best lists for known users.",
    ),
    Preset(
        "fast",
        "Fast",
        "No learned item vectors and no search over settings: several times faster, a little "
        "less accurate.",
        {"use_vectors": False, "n_rounds": 0},
    ),
    Preset(
        "cold-start",
        "Cold-start first",
        "New items may take more places in the lists: up to a tenth of the accuracy on known "
        "items is given up for them.",
        {"cold_item_cost": 0.1},
    ),
)


def preset_of(name: str) -> Preset:
    """The preset of a name.

    Raises:
        ConfigError: there is no such preset.
    """
    for preset in PRESETS:
        if preset.name == name:
            return preset
    known = ", ".join(preset.name for preset in PRESETS)
    raise ConfigError(f"'preset' must be one of {known} (got '{name}').")
