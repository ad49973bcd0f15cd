"""Commands that ask a run: recommend, explain."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kgrec_core.cli.options import AsJson, WorkspaceFolder, opened_workspace
from kgrec_core.cli.output import print_facts, print_json, print_table
from kgrec_core.errors import UnknownIdError

if TYPE_CHECKING:
    from kgrec_core.pipeline.loaded_run import LoadedRun
    from kgrec_core.recommender.contract import UserEvidence

__all__ = ["explain_item", "recommend_items"]

Run = Annotated[str, typer.Argument(help='Run id, the start of one, or "active".')]
User = Annotated[str | None, typer.Option(help="Id of a known user.")]
Like = Annotated[
    list[str] | None, typer.Option(help="Item or entity that a newcomer likes; may be repeated.")
]
Entity = Annotated[
    list[str] | None, typer.Option(help="Entity id a newcomer is interested in; may be repeated.")
]
Tag = Annotated[list[str] | None, typer.Option(help="Tag a newcomer likes; may be repeated.")]
Text = Annotated[
    list[str] | None, typer.Option(help="Words about a newcomer's taste; may be repeated.")
]
Friend = Annotated[
    list[str] | None, typer.Option(help="Id of a user whom a newcomer knows; may be repeated.")
]
Attribute = Annotated[
    list[str] | None,
    typer.Option(help='What a newcomer is, such as "occupation: writer"; may be repeated.'),
]


@dataclass(frozen=True)
class _Asker:
    """Who asks: a known user, or a newcomer with what they state."""

    user: str | None
    like: list[str]
    entity: list[str]
    tag: list[str]
    text: list[str]
    friend: list[str]
    attribute: list[str]

    def require_one(self) -> None:
        """Refuse nobody, and somebody who is both known and new."""
        said = (self.like, self.entity, self.tag, self.text, self.friend, self.attribute)
        stated = any(said)
        if self.user is None and not stated:
            raise typer.BadParameter(
                "give --user, or --like, --entity, --tag, --text, --friend or --attribute."
            )
        if self.user is not None and stated:
            raise typer.BadParameter("give either --user or what a newcomer likes, not both.")

    def evidence(self, run: LoadedRun) -> UserEvidence:
        """What the model may know about the asker."""
        if self.user is not None:
            return run.evidence_of(run.dataset.users.index_of(self.user))
        likes, entities = [], list(self.entity)
        for id_ in self.like:
            if id_ in run.dataset.items:
                likes.append(id_)
            elif id_ in run.graph.entities:
                entities.append(id_)
            else:
                raise _neither(run, id_)
        return run.newcomer(likes, entities, self.tag, self.text, self.friend, self.attribute)


def _neither(run: LoadedRun, id_: str) -> UnknownIdError:
    try:
        run.dataset.items.index_of(id_)
    except UnknownIdError as error:
        return UnknownIdError(f"'{id_}' is neither an item nor an entity of the graph. {error}")
    raise AssertionError("only called for unknown ids")


def recommend_items(
    run: Run,
    user: User = None,
    like: Like = None,
    entity: Entity = None,
    tag: Tag = None,
    text: Text = None,
    friend: Friend = None,
    attribute: Attribute = None,
    k: Annotated[int, typer.Option("-k", min=1, help="How many items.")] = 10,
    workspace: WorkspaceFolder = None,
    as_json: AsJson = False,
) -> None:
    """The best items for a known user or a newcomer, what they know already left out."""
    asker = _Asker(
        user, like or [], entity or [], tag or [], text or [], friend or [], attribute or []
    )
    asker.require_one()
    with _loaded(workspace, run) as loaded:
        found = loaded.recommend(asker.evidence(loaded), k)
        items = [
            {
                "item": loaded.dataset.items.id_of(int(index)),
                "label": loaded.names.item(int(index)),
                "rank": rank,
                "score": float(score),
            }
            for rank, (index, score) in enumerate(
                zip(found.item_indices, found.scores, strict=True), start=1
            )
        ]
    if as_json:
        print_json({"user": user, "k": k, "items": items})
        return
    rows = [(item["rank"], item["label"], item["score"], item["item"]) for item in items]
    print_table(("rank", "item", "score", "id"), rows, empty="There is no item left to show.")


def explain_item(
    run: Run,
    item: Annotated[str, typer.Option(help="Id of the item.")],
    user: User = None,
    like: Like = None,
    entity: Entity = None,
    tag: Tag = None,
    text: Text = None,
    friend: Friend = None,
    attribute: Attribute = None,
    workspace: WorkspaceFolder = None,
    as_json: AsJson = False,
) -> None:
    """Why an item has its score: every part of the sum."""
    asker = _Asker(
        user, like or [], entity or [], tag or [], text or [], friend or [], attribute or []
    )
    asker.require_one()
    from kgrec_core.explanation.serialize import explanation_to_json

    with _loaded(workspace, run) as loaded:
        evidence = asker.evidence(loaded)
        explanation = loaded.explain(evidence, loaded.dataset.items.index_of(item))
        values = explanation_to_json(explanation, loaded.names, user_id=user)
    if as_json:
        print_json(values)
    else:
        _print_explanation(values)


def _loaded(folder: Path | None, run: str) -> Any:
    from contextlib import contextmanager

    @contextmanager
    def opened() -> Any:
        from kgrec_core.pipeline.loaded_run import load_run

        with opened_workspace(folder) as workspace:
            yield load_run(workspace, run)

    return opened()


def _print_explanation(values: dict[str, Any]) -> None:
    terms = values["contributions"]
    print_facts({"item": values["label"], "score": values["score"], "bias": values["bias"]})
    typer.echo("")
    print_table(
        ("part of the score", "modality", "because of", "through"),
        [
            (
                term["value"],
                term["modality"],
                term["evidence"]["label"],
                " / ".join(" - ".join(path["entities"]) for path in term["paths"][:2]),
            )
            for term in terms
        ],
        empty="All of the score is bias.",
    )
