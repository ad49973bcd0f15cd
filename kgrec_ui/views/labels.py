"""Words for names that the core uses: models, splits, roles, metrics."""

from __future__ import annotations

__all__ = ["MODEL_HELP", "SPLIT_HELP", "metric_name", "model_name", "split_name"]

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
    "kgat": "Graph attention (KGAT)",
    "fusion-network": "Fusion network",
    "anil": "Meta-learning (ANIL)",
}
MODEL_HELP = {
    "fusion": "Adds up what behavior, the knowledge graph and texts say. Explains every score.",
    "ease": "Behavior only: a linear model between items. Fast and strong on dense data.",
    "item-knn": "Behavior only: items that the same people chose. Simple and fast.",
    "popularity": "The same list for everybody. The bar that others must clear.",
    "rp3beta": "Behavior only: where short random walks end. Simple and fast.",
    "als": "Behavior only: learned vectors. Each item of a history explains its part.",
    "bpr-mf": "Behavior only: learned vectors that rank pairs. Explains no single item.",
    "mf-softmax": "Behavior only: learned vectors that rank all items. Explains no single item.",
    "lightgcn": "Behavior only: learned vectors, smoothed over who chose what. "
    "Explains no single item.",
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
SPLIT_HELP = {
    "random": "A share of each user's interactions is kept for the test.",
    "leave-last-out": "The newest interaction of each user is the test. Needs times.",
    "temporal": "The newest interactions of all users are the test. Needs times.",
    "cold-items": "Some items are hidden from training: how good is the model on new items?",
    "cold-users": "Some users are hidden from training: how good is the model on new users?",
    "given": "Uses the parts marked in the files.",
    "none": "Train on everything. Best for use, but nothing is left to measure with.",
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
