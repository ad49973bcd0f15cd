"""Words for names that the core uses, and small pieces of sentences."""

from __future__ import annotations

from kgrec_core.figures import format_count

__all__ = [
    "PART_NAMES",
    "counted",
    "ended",
    "joined",
    "metric_name",
    "model_name",
    "shortened",
    "shortened_pair",
    "split_name",
]

PART_NAMES = {
    "collaborative": "behavior",
    "graph": "the knowledge graph",
    "text": "the texts",
    "vectors": "learned item vectors",
    "neighbors": "items chosen by the same people",
    "order": "the order of choices",
    "few shots": "the reading of short histories",
    "embedding": "vectors learned from links",
    "social": "friends",
    "attributes": "user attributes",
}
"""What an ablation switches, by the name of the setting without "use_"."""

_MODEL_NAMES = {
    "fusion": "Fusion",
    "ease": "Item regression (EASE)",
    "item-knn": "Similar items (item-kNN)",
    "popularity": "Most popular",
    "rp3beta": "Random walks (RP3beta)",
    "als": "Matrix factorization (ALS)",
    "bpr-mf": "Matrix factorization (BPR)",
    "mf-softmax": "Matrix factorization (softmax)",
    "lightgcn": "Graph convolution (LightGCN)",
    "kgat": "Attention on the graph (KGAT)",
    "fusion-network": "Fusion network",
    "anil": "Fast adaptation (ANIL)",
}
_SPLIT_NAMES = {
    "random": "Random, per user",
    "leave-last-out": "Last interaction of each user",
    "temporal": "Everything after a date",
    "cold-items": "Items never seen in training",
    "cold-users": "Users never seen in training",
    "given": "The split that came with the data",
    "none": "Hold out nothing",
}
_METRIC_NAMES = {
    "ndcg": "NDCG",
    "recall": "Recall",
    "precision": "Precision",
    "hit_rate": "Hit rate",
    "hit": "Hit rate",
    "map": "MAP",
    "mrr": "MRR",
    "coverage": "Coverage",
    "novelty": "Novelty",
}


def model_name(model: str) -> str:
    """A model as people call it."""
    return _MODEL_NAMES.get(model, model)


def split_name(split: str) -> str:
    """A kind of split in words."""
    return _SPLIT_NAMES.get(split, split)


def metric_name(metric: str) -> str:
    """Turn "ndcg@20" into "NDCG@20"; an unknown name stays as it is."""
    kind, is_validation = metric.removeprefix("validation "), metric.startswith("validation ")
    name, at, k = kind.partition("@")
    words = f"{_METRIC_NAMES.get(name, name)}{at}{k}"
    return f"{words} on the validation part" if is_validation else words


def counted(n: int, noun: str, plural: str = "") -> str:
    """A number with its noun: "1 path", "1,234 paths"."""
    words = noun if n == 1 else plural or f"{noun}s"
    return f"{format_count(n)} {words}"


def shortened(text: str, length: int = 38) -> str:
    """`text` on one line, cut to at most `length` characters with one ellipsis."""
    flat = " ".join(text.split())
    return flat if len(flat) <= length else flat[: length - 1].rstrip(" …") + "…"


def ended(sentence: str) -> str:
    """The sentence without its full stop, where it ends in a name that has an end of its own."""
    return sentence[:-1] if sentence.endswith(("….", "..", "?.", "!.")) else sentence


def shortened_pair(first: str, second: str, length: int) -> str:
    """Both texts on one line of at most `length` characters; neither takes the other's half.

    A long relation would otherwise leave nothing of the entity that it leads to.
    """
    flat_first, flat_second = " ".join(first.split()), " ".join(second.split())
    room = length - 1
    kept = shortened(flat_first, max(room // 2, room - len(flat_second)))
    return f"{kept} {shortened(flat_second, room - len(kept))}".strip()


def joined(words: list[str], limit: int = 5) -> str:
    """A list of any length on one line: "a, b and 3 more"."""
    if len(words) <= limit:
        return ", ".join(words)
    return f"{', '.join(words[:limit])} and {len(words) - limit} more"
