"""The users whose lists a report shows, with reasons in words and scores taken apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kgrec_core.contracts import IndexArray, OnProgress, Progress, no_progress
from kgrec_core.explanation.names import Names
from kgrec_core.explanation.reasons import main_reasons, reasons
from kgrec_core.figures import format_count
from kgrec_core.pipeline.loaded_run import LoadedRun
from kgrec_core.recommender.contract import PairExplanation, UserEvidence
from kgrec_core.report.choices import NewcomerChoice, ReportChoices
from kgrec_core.report.groups import activity_edges
from kgrec_core.report.path_drawing import PathPicture, path_picture
from kgrec_core.report.product import Product, largest_product
from kgrec_core.report.waterfall import Step, sum_sentence, waterfall_steps
from kgrec_core.words import counted

__all__ = ["DrawnScore", "Person", "ShownItem", "chosen_people", "default_users"]

N_REASONS = 3
N_KNOWN = 8
"""Known choices that are named."""


@dataclass(frozen=True)
class DrawnScore:
    """One score taken apart.

    Attributes:
        steps: of the waterfall.
        sum_words: the sum in words, with the residual.
        paths: through the graph; None when no path leads to the item.
        product: its largest part as a product; None when the model has only the starting value,
            or knows the user in one piece.
    """

    steps: tuple[Step, ...]
    sum_words: str
    paths: PathPicture | None
    product: Product | None = None


@dataclass(frozen=True)
class ShownItem:
    """One line of a list.

    Attributes:
        rank: from 1.
        item_id: id of the item.
        label: its name.
        score: of the model.
        short: what sets it apart in its list, in a few words.
        told: (part of the score, sentence), strongest first.
        was_chosen: the user really chose it in the part that was hidden from the model; None for
            a newcomer, of whom nothing was hidden.
        residual: of its explanation.
        drawn: None when it is not drawn.
    """

    rank: int
    item_id: str
    label: str
    score: float
    short: str
    told: tuple[tuple[float, str], ...]
    was_chosen: bool | None
    residual: float
    drawn: DrawnScore | None


@dataclass(frozen=True)
class Person:
    """One user, or somebody new.

    Attributes:
        user_id: id, "" for a newcomer.
        label: name, or the id.
        why: how this user came to be shown.
        facts: what the model knows, in sentences.
        items: the list.
        is_in_one_piece: the model only knows the user as a whole, so there are no reasons.
    """

    user_id: str
    label: str
    why: str
    facts: tuple[str, ...]
    items: tuple[ShownItem, ...]
    is_in_one_piece: bool

    @property
    def title(self) -> str:
        """The name with the id behind it; an id alone says that it stands for a user."""
        if self.user_id == self.label:
            return f"User {self.user_id}"
        return f"{self.label} ({self.user_id})" if self.user_id else self.label


def default_users(run: LoadedRun) -> list[tuple[str, str]]:
    """One user per quarter of activity: the one in its middle, with the reason of the choice.

    Asked are users with a test part where there are any. Within a quarter users are ordered by
    number of known choices, then by their place in the data, and the middle one is taken.
    """
    counts = run.split.fitting().user_counts()
    tested = np.flatnonzero(run.split.test.user_counts() * counts)
    users = tested if tested.size else np.flatnonzero(counts)
    if not users.size:
        return []
    found = []
    edges = activity_edges(counts[users])
    for place, (low, high) in enumerate(edges, start=1):
        own = users[(counts[users] >= low) & (counts[users] <= high)]
        own = own[np.lexsort((own, counts[own]))]
        middle = int(own[(own.size - 1) // 2])
        why = (
            f"Chosen by rule: in the middle of group {place} of {len(edges)} by activity "
            f"({format_count(low)} to {format_count(high)} known choices, "
            f"{counted(int(own.size), 'user')})."
        )
        found.append((run.dataset.users.id_of(middle), why))
    return found


def chosen_people(
    run: LoadedRun, choices: ReportChoices, *, on_progress: OnProgress = no_progress
) -> list[Person]:
    """Lists and reasons of the chosen users, then of the newcomer.

    Raises:
        UnknownIdError: a user, item, entity, tag, friend or attribute is unknown.
        ConfigError: the newcomer says words and the run does not read texts.
    """
    asked = list(dict.fromkeys(choices.users))
    chosen = [(id_, "Chosen by the author of this report.") for id_ in asked]
    chosen = chosen or default_users(run)
    relevant = run.split.relevant_by_user()
    found = []
    n_all = len(chosen) + (choices.newcomer is not None)
    for done, (id_, why) in enumerate(chosen):
        on_progress(Progress("Explaining the lists", done, n_all, {}))
        index = run.dataset.users.index_of(id_)
        hidden = relevant.get(index, np.zeros(0, dtype=np.int64))
        found.append(_known_person(run, choices, index, why, hidden))
    if choices.newcomer is not None:
        found.append(_newcomer(run, choices, choices.newcomer))
    on_progress(Progress("Explaining the lists", n_all, n_all, {}))
    return found


def _known_person(
    run: LoadedRun, choices: ReportChoices, index: int, why: str, hidden: IndexArray
) -> Person:
    evidence = run.evidence_of(index)
    id_ = run.dataset.users.id_of(index)
    label = run.dataset.user_labels[index] or id_
    facts = _facts(evidence, run.names, hidden)
    ranked = run.recommend(evidence, choices.k).item_indices
    items, in_one_piece = _items(run, choices, evidence, ranked, hidden)
    return Person(id_, label, why, facts, items, in_one_piece)


def _newcomer(run: LoadedRun, choices: ReportChoices, said: NewcomerChoice) -> Person:
    evidence = run.newcomer(
        said.likes, said.entities, said.tags, said.texts, said.friends, said.attributes
    )
    names, facts = run.names, []
    if evidence.item_indices.size:
        facts.append(
            _ended(f"Likes {_listed([names.item(int(i)) for i in evidence.item_indices])}")
        )
    if evidence.entity_indices.size:
        words = [names.entity(int(i)) for i in evidence.entity_indices]
        facts.append(_ended(f"Is interested in {_listed(words)}"))
    if evidence.texts:
        facts.append(f"Says {_listed([f'“{text}”' for text in evidence.texts])}.")
    facts += _side_facts(evidence, names)
    disliked = [run.dataset.items.index_of(id_) for id_ in said.dislikes]
    if disliked:
        facts.append(_ended(f"Does not want {_listed([names.item(i) for i in disliked])}"))
    ranked = run.recommend(evidence, choices.k + len(disliked)).item_indices
    wanted = ranked[~np.isin(ranked, disliked)][: choices.k]
    items, in_one_piece = _items(run, choices, evidence, wanted, None)
    why = "Invented: not in the data, and the model was not trained again."
    return Person("", "A newcomer", why, tuple(facts or ["Says nothing."]), items, in_one_piece)


def _items(
    run: LoadedRun,
    choices: ReportChoices,
    evidence: UserEvidence,
    ranked: IndexArray,
    hidden: IndexArray | None,
) -> tuple[tuple[ShownItem, ...], bool]:
    told = [run.explain(evidence, int(item)) for item in ranked]
    short = main_reasons(told, run.names)
    pieces = {cell.evidence.kind for pair in told for cell in pair.contributions}
    items = tuple(
        _item(run, pair, rank, short[rank - 1], hidden, is_drawn=rank <= choices.n_drawn)
        for rank, pair in enumerate(told, start=1)
    )
    return items, pieces == {"profile"}


def _item(
    run: LoadedRun,
    pair: PairExplanation,
    rank: int,
    short: str,
    hidden: IndexArray | None,
    *,
    is_drawn: bool,
) -> ShownItem:
    names = run.names
    spoken = [reason for reason in reasons(pair, names) if reason.value][:N_REASONS]
    drawn = None
    if is_drawn:
        steps = waterfall_steps(pair, names)
        drawn = DrawnScore(
            steps,
            sum_sentence(pair, names),
            path_picture(pair, names),
            largest_product(pair, names),
        )
    return ShownItem(
        rank,
        names.item_ids[pair.item_index],
        names.item(pair.item_index),
        pair.score,
        short,
        tuple((reason.value, reason.text) for reason in spoken),
        None if hidden is None else bool((hidden == pair.item_index).any()),
        pair.residual,
        drawn,
    )


def _facts(evidence: UserEvidence, names: Names, hidden: IndexArray) -> tuple[str, ...]:
    """What the model knew and what was hidden from it; the latest known choices are named."""
    n = int(evidence.item_indices.size)
    order = np.lexsort((np.arange(n), evidence.item_weights, evidence.item_times))[::-1][:N_KNOWN]
    labels = [names.item(int(evidence.item_indices[place])) for place in order]
    facts = []
    if not n:
        facts.append("The model knows no choice of this user.")
    elif n <= N_KNOWN:
        facts.append(_ended(f"The model knows {counted(n, 'choice')}: {_listed(labels)}"))
    else:
        facts.append(
            _ended(f"The model knows {format_count(n)} choices, among them {_listed(labels)}")
        )
    if hidden.size:
        were = "was" if hidden.size == 1 else "were"
        facts.append(f"{counted(int(hidden.size), 'further choice')} {were} hidden for the test.")
    return (*facts, *_side_facts(evidence, names))


def _side_facts(evidence: UserEvidence, names: Names) -> list[str]:
    facts = []
    if evidence.friend_indices.size:
        friends = [names.user(int(i)) for i in evidence.friend_indices]
        facts.append(_ended(f"Friends: {_listed(friends, limit=N_KNOWN)}"))
    if evidence.attribute_indices.size and names.side is not None:
        stated = [names.side.attribute_labels[int(i)] for i in evidence.attribute_indices]
        facts.append(_ended(f"Stated: {_listed(stated)}"))
    return facts


def _listed(words: Sequence[str], limit: int = 12) -> str:
    """A, B and C; what is beyond the limit is counted."""
    if len(words) > limit:
        return f"{', '.join(words[:limit])} and {len(words) - limit} more"
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def _ended(sentence: str) -> str:
    """With one full stop, also after a name such as "Mina O."."""
    return sentence if sentence.endswith((".", "!", "?", "…")) else f"{sentence}."
