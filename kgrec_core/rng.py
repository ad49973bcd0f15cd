"""Randomness enters as a seed at the border and as a Generator inside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kgrec_core.errors import ConfigError

if TYPE_CHECKING:
    import torch

__all__ = ["make_rng", "torch_generator"]


def make_rng(seed: int) -> np.random.Generator:
    """A fresh generator for `seed`.

    Raises:
        ConfigError: `seed` is negative.
    """
    if seed < 0:
        raise ConfigError(f"'seed' must be 0 or larger in 'make_rng' (got {seed}).")
    return np.random.default_rng(seed)


def torch_generator(rng: np.random.Generator) -> torch.Generator:
    """A CPU torch generator seeded from `rng` (which moves on by one draw)."""
    import torch

    generator = torch.Generator(device="cpu")
    generator.manual_seed(int(rng.integers(2**62)))
    return generator
