"""Randomness enters as a seed at the border and as a Generator inside."""

from __future__ import annotations

import numpy as np

from kgrec_core.errors import ConfigError

__all__ = ["make_rng"]


def make_rng(seed: int) -> np.random.Generator:
    """A fresh generator for `seed`.

    Raises:
        ConfigError: `seed` is negative.
    """
    if seed < 0:
        raise ConfigError(f"'seed' must be 0 or larger in 'make_rng' (got {seed}).")
    return np.random.default_rng(seed)
