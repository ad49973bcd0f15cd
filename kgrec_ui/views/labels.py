"""Words for names that the core uses: models, splits, roles, metrics."""

from __future__ import annotations

from kgrec_core.words import metric_name, model_name, split_name

__all__ = ["MODEL_HELP", "SPLIT_HELP", "metric_name", "model_name", "split_name"]

MODEL_HELP = {
    "fusion": "Adds up what behavior, the knowledge graph and texts say.",
    "ease": "A linear model between items. Fast, and strong on dense data.",
    "item-knn": "Items that the same people chose. Simple and fast.",
    "popularity": "The same list for everybody. The bar that others must clear.",
    "rp3beta": "Where short random walks from user to item end. Simple and fast.",
    "als": "Vectors by least squares; what was not chosen counts a little against an item.",
    "bpr-mf": "Vectors that put each chosen item above one that was not.",
    "mf-softmax": "Vectors that put each chosen item above all others at once.",
    "lightgcn": "Vectors that are smoothed over who chose what.",
    "kgat": "Vectors that travel along the knowledge graph, by learned attention.",
    "fusion-network": "A network that mixes learned, graph and text vectors.",
    "anil": "Learns how to learn a new user from a few choices; for short histories.",
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
