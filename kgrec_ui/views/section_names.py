"""The sections of each page: name in the address and label; the first one opens by itself."""

from __future__ import annotations

__all__ = ["COLD_START", "EVALUATE", "GRAPH", "RECOMMEND"]

GRAPH = {
    "neighborhood": "Neighborhood",
    "paths": "Paths",
    "user": "A user's view",
    "map": "Map",
    "statistics": "What it is made of",
}
RECOMMEND = {
    "list": "List and reasons",
    "profile": "Profile",
    "why-not": "Why not",
    "what-if": "What if",
    "heat": "Heat map",
    "compare": "Compare",
    "feedback": "Feedback",
}
COLD_START = {
    "newcomer": "A newcomer",
    "history": "Shorter history",
    "item": "A new item",
    "items": "Many new items",
    "scenarios": "Scenarios",
}
EVALUATE = {
    "run": "This run",
    "benchmark": "Benchmark",
    "ablation": "What each part brings",
    "signal": "Graph signal",
    "newcomers": "Short histories",
    "tail": "Long tail",
    "explanations": "Explanations",
    "runs": "Two runs",
}
