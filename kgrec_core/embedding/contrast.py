"""The loss that pulls texts of one user's items together: in-batch softmax."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

__all__ = ["in_batch_loss"]


def in_batch_loss(
    first: torch.Tensor,
    second: torch.Tensor,
    first_items: torch.Tensor,
    second_items: torch.Tensor,
    temperature: float,
) -> torch.Tensor:
    """Mean cross-entropy of each pair against the other partners of the batch, both ways.

    InfoNCE (van den Oord et al. 2018), known as multiple negatives ranking for sentences. A
    partner that is the same item as one end of the pair is no negative of it.

    Args:
        first: unit vectors, (n, dim).
        second: unit vectors of the partners, (n, dim).
        first_items: item of each row of `first`, int64 (n,).
        second_items: item of each row of `second`, int64 (n,).
        temperature: sharpness of the softmax.
    """
    import torch
    from torch.nn.functional import cross_entropy

    logits = first @ second.T / temperature  # (n, n), the diagonal is true
    own = torch.eye(logits.shape[0], dtype=torch.bool, device=logits.device)
    is_same = second_items[None, :] == second_items[:, None]
    is_same = is_same | (first_items[:, None] == second_items[None, :])
    forward = logits.masked_fill(is_same & ~own, -1e9)
    is_same = first_items[None, :] == first_items[:, None]
    is_same = is_same | (second_items[:, None] == first_items[None, :])
    backward = logits.T.masked_fill(is_same & ~own, -1e9)
    true = torch.arange(logits.shape[0], device=logits.device)
    return (cross_entropy(forward, true) + cross_entropy(backward, true)) / 2
