"""The seven steps of the journey, each with its state and one fact."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kgrec_core.storage.records import DatasetRecord, GraphRecord, RunRecord
from kgrec_ui.theme import format_count, format_score, format_when
from kgrec_ui.views.labels import metric_name, model_name

__all__ = ["Step", "StepState", "journey"]


class StepState(StrEnum):
    """How far one step is."""

    DONE = "Done"
    NEXT = "Next"
    READY = "Ready"
    WAITING = "Waiting"


@dataclass(frozen=True)
class Step:
    """One card of the start page and one line of the sidebar.

    Attributes:
        number: place in the journey, from 1.
        title: name of the page.
        page: file of the page.
        icon: Material icon.
        purpose: what one does there, one sentence.
        state: done, next, ready (can be used at any time) or waiting for an earlier step.
        state_text: the state in words.
        fact: one number or name that tells where it stands.
        action: label of the link.
    """

    number: int
    title: str
    page: str
    icon: str
    purpose: str
    state: StepState
    state_text: str
    fact: str
    action: str


def journey(
    dataset: DatasetRecord | None, graph: GraphRecord | None, run: RunRecord | None
) -> list[Step]:
    """The seven steps, in order."""
    has_data, has_run = dataset is not None, run is not None
    graph_state = _state(graph is not None, has_data, waits_for=1)
    train_state = _state(has_run, has_data, waits_for=1)
    if graph_state[0] is StepState.NEXT and train_state[0] is StepState.NEXT:
        train_state = (StepState.READY, "Ready")
    use_state = (StepState.READY, "Ready") if has_run else (StepState.WAITING, "Waits for step 3")
    evaluate_state = use_state
    if run is not None and run.metrics:
        evaluate_state = (StepState.DONE, "Measured")
    recommend_state = (StepState.NEXT, "Look at the results") if has_run else use_state
    return [
        Step(
            1,
            "Data",
            "pages/1_Data.py",
            ":material/database:",
            "Bring interactions, items and what is known about them.",
            *_state(has_data, True, waits_for=0),
            _data_fact(dataset),
            "Look at the data" if has_data else "Bring your data",
        ),
        Step(
            2,
            "Knowledge graph",
            "pages/2_Knowledge_graph.py",
            ":material/hub:",
            "See how items hang together through people, genres and tags.",
            *graph_state,
            _graph_fact(graph),
            "Explore the graph" if graph else "Build the graph",
        ),
        Step(
            3,
            "Train",
            "pages/3_Train.py",
            ":material/model_training:",
            "Fit the model that joins behavior, graph and text.",
            *train_state,
            _run_fact(run),
            "See the runs" if has_run else "Train a model",
        ),
        Step(
            4,
            "Recommend and explain",
            "pages/4_Recommend_and_explain.py",
            ":material/recommend:",
            "Get a list for a user and see what every score is made of.",
            *recommend_state,
            "Every score adds up, part by part." if has_run else "Needs a trained model.",
            "Recommend",
        ),
        Step(
            5,
            "Cold start",
            "pages/5_Cold_start.py",
            ":material/person_add:",
            "Try a new user or a new item that has no history.",
            *use_state,
            "A few likes or words are enough." if has_run else "Needs a trained model.",
            "Try a newcomer",
        ),
        Step(
            6,
            "Evaluate",
            "pages/6_Evaluate.py",
            ":material/monitoring:",
            "Measure on held-out data and compare with simple models.",
            *evaluate_state,
            _metric_fact(run),
            "See the numbers",
        ),
        Step(
            7,
            "Report",
            "pages/7_Report.py",
            ":material/description:",
            "Put what was measured and found into one file that others can read.",
            *use_state,
            "One HTML file, also as PDF." if has_run else "Needs a trained model.",
            "Write a report",
        ),
    ]


def _state(is_done: bool, is_possible: bool, *, waits_for: int) -> tuple[StepState, str]:
    if is_done:
        return StepState.DONE, "Done"
    if is_possible:
        return StepState.NEXT, "Next step"
    return StepState.WAITING, f"Waits for step {waits_for}"


def _data_fact(dataset: DatasetRecord | None) -> str:
    if dataset is None:
        return "No data set yet."
    counts = dataset.counts
    items, interactions = format_count(counts["items"]), format_count(counts["interactions"])
    return f"{dataset.name}: {items} items, {interactions} interactions."


def _graph_fact(graph: GraphRecord | None) -> str:
    if graph is None:
        return "Not built yet."
    entities = format_count(graph.counts.get("entities", 0))
    n_links = graph.counts.get("triples", 0)
    return f"{entities} entities, {format_count(n_links) if n_links else 'but no'} links."


def _run_fact(run: RunRecord | None) -> str:
    if run is None:
        return "No trained model yet."
    return f"{model_name(run.model)}, {format_when(run.created_at)}."


def _metric_fact(run: RunRecord | None) -> str:
    if run is None:
        return "Needs a trained model."
    for metric in ("ndcg@20", "ndcg@10", *run.metrics):
        if metric in run.metrics:
            return f"{metric_name(metric)} on the test part: {format_score(run.metrics[metric])}."
    return "Nothing was held out in this run."
