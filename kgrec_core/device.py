"""Where tensors live: CUDA when there is one, else the CPU; torch is imported on use."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

__all__ = ["pick_device"]


def pick_device() -> torch.device:
    """The GPU if torch sees one and `KGREC_DEVICE` does not say otherwise, else the CPU."""
    import torch

    wanted = os.environ.get("KGREC_DEVICE", "")
    if wanted:
        return torch.device(wanted)
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")
