"""What a training run will take, in words: texts to read, time, memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kgrec_core.data.dataset import Dataset
from kgrec_core.recommender.posterior import needed_bytes
from kgrec_core.recommender.search import has_regression
from kgrec_core.storage.records import RunRecord
from kgrec_ui.theme import format_bytes, format_count, format_seconds
from kgrec_ui.views.model_choice import preset_label

__all__ = ["FAST", "MODELS_WITH_TEXT", "CostView", "cost_view"]

_LEARNED_IN_STEPS = ("als", "bpr-mf", "mf-softmax", "lightgcn", "kgat", "fusion-network", "anil")
MODELS_WITH_TEXT = ("fusion", "fusion-network", "anil")
WORDS_PER_SECOND = 3000.0
"""Words that the packaged text model encodes per second on one core (measured, 32-bit floats)."""
ENCODER_START_SECONDS = 10.0
START_SECONDS = 5.0
MULTIPLICATIONS_PER_SECOND = 2e10
FAST = "Fast"
FUSION_SECONDS, FAST_SECONDS, LARGE_SECONDS = 15.0, 1.5, 100.0
"""Of the fusion model on two cores, per million pairs of user and item; on large data, where there
is no regression, per million interactions (measured on data of 1.6 to 1,700 million pairs)."""
PROGRAM_BYTES = 6e8
ENCODER_BYTES = 6e8
DENSE_MATRICES = 4


@dataclass(frozen=True)
class CostView:
    """What training will take, in words.

    Attributes:
        lines: (what, how much, why) each.
        is_measured: the time comes from an earlier run and not from a rule of thumb.
    """

    lines: tuple[tuple[str, str, str], ...]
    is_measured: bool


def cost_view(
    dataset: Dataset,
    *,
    model: str,
    uses_text: bool,
    runs: Sequence[RunRecord],
    preset: str = "",
) -> CostView:
    """Texts to encode, time and memory of one training run.

    Args:
        dataset: what it is trained on.
        model: registry name.
        uses_text: whether item texts are encoded.
        runs: earlier runs on the same data, newest first; their times are the best guess.
        preset: label of the preset; only runs of the same one tell the time.
    """
    texts = [text for text in dataset.documents if text] if uses_text else []
    n_words = sum(len(text.split()) for text in texts)
    same = (
        run
        for run in runs
        if run.model == model
        and preset in ("", preset_label(run.model, run.settings.get("model_settings", {})))
    )
    earlier = next(same, None)
    lines = []
    if model in MODELS_WITH_TEXT:
        lines.append(
            _text_line(texts, n_words, uses_text=uses_text, has_texts=any(dataset.documents))
        )
    if earlier is not None:
        seconds = sum(earlier.seconds.values())
        lines.append(("Time", f"about {format_seconds(seconds)}", "as long as the last such run"))
    elif model in _LEARNED_IN_STEPS:
        why = "learned in steps; the bar tells it once it runs"
        lines.append(("Time", "not known yet", why))
    else:
        seconds = _seconds(dataset, model, n_words, preset)
        lines.append(("Time", _rough(seconds), "a rule of thumb for this machine"))
    lines.append(_memory_line(dataset, model, bool(texts), earlier))
    return CostView(tuple(lines), earlier is not None)


def _text_line(
    texts: Sequence[str], n_words: int, *, uses_text: bool, has_texts: bool
) -> tuple[str, str, str]:
    if not has_texts:
        return ("Texts", "none", "no item of this data set has a text")
    if not uses_text:
        return ("Texts", "none", "text is switched off")
    mean = n_words / len(texts)
    return (
        "Texts to read",
        format_count(len(texts)),
        f"{format_count(mean)} words each; read once, then kept",
    )


def _seconds(dataset: Dataset, model: str, n_words: int, preset: str) -> float:
    encoding = ENCODER_START_SECONDS + n_words / WORDS_PER_SECOND if n_words else 0.0
    return START_SECONDS + encoding + _fit_seconds(dataset, model, preset)


def _fit_seconds(dataset: Dataset, model: str, preset: str) -> float:
    n_interactions = len(dataset.interactions)
    if model == "ease":
        side = min(dataset.n_users, dataset.n_items)
        return 4 * (side**3 + n_interactions * 50) / MULTIPLICATIONS_PER_SECOND
    if model != "fusion":
        return 0.0
    if not has_regression(dataset.interactions):
        return LARGE_SECONDS * n_interactions / 1e6
    pace = FAST_SECONDS if preset == FAST else FUSION_SECONDS
    return pace * dataset.n_users * dataset.n_items / 1e6


def _rough(seconds: float) -> str:
    """A guess without false digits."""
    for limit, words in (
        (15, "under 15 s"),
        (45, "under a minute"),
        (150, "1 to 3 minutes"),
        (600, "3 to 10 minutes"),
        (3600, "10 minutes to an hour"),
    ):
        if seconds < limit:
            return words
    return "more than an hour"


def _matrix_bytes(dataset: Dataset, model: str) -> float:
    if model == "fusion":
        is_dense = has_regression(dataset.interactions)
        return float(needed_bytes(dataset.n_users, dataset.n_items)) if is_dense else 0.0
    if model == "popularity" or model in _LEARNED_IN_STEPS:
        return 0.0
    return DENSE_MATRICES * 4.0 * dataset.n_items**2


def _memory_line(
    dataset: Dataset, model: str, has_text: bool, earlier: RunRecord | None
) -> tuple[str, str, str]:
    if earlier is not None:
        return (
            "Memory",
            format_bytes(earlier.peak_memory_mb * 1e6),
            "the peak of the last such run",
        )
    matrices = _matrix_bytes(dataset, model)
    needed = PROGRAM_BYTES + matrices + (ENCODER_BYTES if has_text else 0)
    what = [
        "program",
        *(["text model"] if has_text else []),
        *(["dense matrices"] if matrices else []),
    ]
    words = f"{', '.join(what[:-1])} and {what[-1]}" if len(what) > 1 else f"the {what[0]} itself"
    return ("Memory", f"about {format_bytes(needed)}", words)
