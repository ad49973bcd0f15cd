"""What KGIN and MCCLK ask of torch_scatter, by the operations of torch itself.

torch_scatter has no wheel for the torch that the peers run on and takes long to compile. Two of
its functions are needed, along the first dimension only; both are a few lines. `offer` lets the
libraries find them under the name torch_scatter, in the process that asks for it and only where
the compiled module is not installed.
"""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

__all__ = ["offer", "scatter_mean", "scatter_softmax"]

MODULE = "torch_scatter"


def scatter_mean(
    src: torch.Tensor, index: torch.Tensor, dim: int = 0, dim_size: int | None = None
) -> torch.Tensor:
    """Mean of the rows of each group.

    Args:
        src: rows, float (n, d).
        index: group of each row, int64 (n,), not negative.
        dim: must be 0.
        dim_size: number of groups; None for the largest index plus one.

    Returns:
        float (dim_size, d); a group without rows is 0.

    Raises:
        ValueError: another dimension is asked for.
    """
    size = _n_groups(index, dim, dim_size)
    counts = index.bincount(minlength=size).clamp(min=1).to(src.dtype)
    return src.new_zeros(size, src.shape[1]).index_add(0, index, src) / counts[:, None]


def scatter_softmax(
    src: torch.Tensor, index: torch.Tensor, dim: int = 0, dim_size: int | None = None
) -> torch.Tensor:
    """Softmax over the rows of each group, column by column.

    Args:
        src: rows, float (n, d).
        index: group of each row, int64 (n,), not negative.
        dim: must be 0.
        dim_size: number of groups; None for the largest index plus one.

    Returns:
        float (n, d); within a group each column sums to 1.

    Raises:
        ValueError: another dimension is asked for.
    """
    size = _n_groups(index, dim, dim_size)
    rows = index[:, None].expand_as(src)
    # The shift cancels out of the quotient, so no gradient has to flow through it.
    lowest = src.new_full((size, src.shape[1]), float("-inf"))
    largest = lowest.scatter_reduce(0, rows, src.detach(), "amax")
    powers = (src - largest[index]).exp()
    sums = src.new_zeros(size, src.shape[1]).index_add(0, index, powers)
    return powers / sums[index]


def _n_groups(index: torch.Tensor, dim: int, dim_size: int | None) -> int:
    if dim != 0:
        raise ValueError(f"Groups lie along dimension 0 here, not along {dim}.")
    if dim_size is not None:
        return dim_size
    return int(index.max()) + 1 if index.numel() else 0


def offer() -> bool:
    """Let `import torch_scatter` find these functions; False where the real module is installed."""
    if MODULE in sys.modules or importlib.util.find_spec(MODULE) is not None:
        return False
    module = ModuleType(MODULE, __doc__)
    vars(module).update(scatter_mean=scatter_mean, scatter_softmax=scatter_softmax)
    sys.modules[MODULE] = module
    return True
