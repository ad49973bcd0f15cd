"""Small pieces that all networks are made of; torch is imported on use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kgrec_core.contracts import FloatArray

if TYPE_CHECKING:
    import torch

__all__ = [
    "Arrays",
    "Parameters",
    "affine",
    "dropout",
    "glorot",
    "masked_softmax",
    "seeded_generator",
    "small_normal",
    "to_arrays",
    "to_tensors",
    "with_new_items",
]

Arrays = dict[str, np.ndarray[Any, np.dtype[np.float32]]]
Parameters = dict[str, "torch.Tensor"]
"""Learned tensors by name; a network is a set of functions of them."""

LOWEST = -1e30


def small_normal(rng: np.random.Generator, *shape: int, scale: float = 0.1) -> FloatArray:
    """Normal start values, float32 of the given shape."""
    return (scale * rng.standard_normal(shape)).astype(np.float32)


def glorot(rng: np.random.Generator, n_in: int, n_out: int) -> FloatArray:
    """Uniform start values of a weight matrix, float32 (n_in, n_out) (Glorot, Bengio 2010)."""
    bound = np.sqrt(6.0 / max(n_in + n_out, 1))
    return rng.uniform(-bound, bound, (n_in, n_out)).astype(np.float32)


def with_new_items(arrays: Arrays, n_items: int) -> Arrays:
    """The same parameters for a catalog that grew to `n_items`.

    Args:
        arrays: with "item" float32 (n_known, dim) and "item_bias" float32 (n_known,); new items get
            zeros, which stand for no vector of their own, and the mean bias.
        n_items: at least n_known.
    """
    extra = n_items - arrays["item"].shape[0]
    mean = float(arrays["item_bias"].mean()) if arrays["item_bias"].size else 0.0
    return {
        **arrays,
        "item": np.pad(arrays["item"], ((0, extra), (0, 0))),
        "item_bias": np.pad(arrays["item_bias"], (0, extra), constant_values=mean),
    }


def to_tensors(
    arrays: Arrays, device: torch.device, *, exact: bool = False, trainable: bool = False
) -> Parameters:
    """Copies of the arrays on a device.

    Args:
        arrays: by name, float32.
        device: where the tensors go.
        exact: float64, so that a score does not depend on the size of its batch.
        trainable: collect gradients.
    """
    import torch

    dtype = torch.float64 if exact else torch.float32
    return {
        name: torch.tensor(array, dtype=dtype, device=device, requires_grad=trainable)
        for name, array in arrays.items()
    }


def to_arrays(parameters: Parameters) -> Arrays:
    """Copies of the tensors, float32."""
    return {
        name: tensor.detach().cpu().numpy().astype(np.float32)
        for name, tensor in parameters.items()
    }


def seeded_generator(rng: np.random.Generator, device: torch.device) -> torch.Generator:
    """A generator of torch on a device, seeded from ours."""
    import torch

    generator = torch.Generator(device=device)
    generator.manual_seed(int(rng.integers(2**62)))
    return generator


def affine(parameters: Parameters, name: str, inputs: torch.Tensor) -> torch.Tensor:
    """Inputs (..., n_in) times "NAME.weight" (n_in, n_out) plus "NAME.bias" (n_out,)."""
    return inputs @ parameters[f"{name}.weight"] + parameters[f"{name}.bias"]


def dropout(
    inputs: torch.Tensor, rate: float, generator: torch.Generator | None, *, rows: bool = False
) -> torch.Tensor:
    """Zeros a share `rate` of the values and scales up the rest; nothing without a generator.

    Args:
        inputs: any shape.
        rate: from 0 up to but without 1.
        generator: source of chance, on the device of `inputs`; None when scoring.
        rows: zero whole vectors of the last axis, and leave the others as they are.
    """
    import torch

    if generator is None or rate == 0.0:
        return inputs
    shape = (*inputs.shape[:-1], 1) if rows else inputs.shape
    kept = torch.rand(shape, generator=generator, device=inputs.device) >= rate
    return inputs * kept if rows else inputs * kept / (1.0 - rate)


def masked_softmax(logits: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Softmax over the last axis where `mask` is True; all zeros where nothing is.

    Args:
        logits: (..., n).
        mask: bool, broadcast to (..., n).
    """
    import torch

    weights = torch.softmax(logits.masked_fill(~mask, LOWEST), dim=-1)
    return weights * mask
