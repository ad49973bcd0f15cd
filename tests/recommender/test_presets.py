from __future__ import annotations

import pytest

from kgrec_core.config import checked
from kgrec_core.errors import ConfigError
from kgrec_core.recommender.fusion_settings import FusionSettings
from kgrec_core.recommender.presets import PRESETS, Preset, preset_of


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_a_preset_changes_what_it_names(preset: Preset) -> None:
    wanted = preset.model_settings
    found = checked(FusionSettings, wanted).model_dump()
    defaults = FusionSettings().model_dump()
    changed = {name for name in found if found[name] != defaults[name]}
    assert changed == set(wanted)


def test_an_unknown_preset_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"accurate, fast, cold-start \(got 'slow'\)"):
        preset_of("slow")
