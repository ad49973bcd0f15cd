"""Who asks a run, and the run that is asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kgrec_core.cli.options import opened_workspace
from kgrec_core.errors import UnknownIdError

if TYPE_CHECKING:
    from kgrec_core.pipeline.loaded_run import LoadedRun
    from kgrec_core.recommender.contract import UserEvidence

__all__ = [
    "Asker",
    "Attribute",
    "Entity",
    "Friend",
    "Like",
    "Run",
    "Tag",
    "Text",
    "User",
    "opened_run",
]

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
class Asker:
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


@contextmanager
def opened_run(folder: Path | None, run: str) -> Iterator[LoadedRun]:
    """A run with everything it needs, while its workspace is open."""
    from kgrec_core.pipeline.loaded_run import load_run

    with opened_workspace(folder) as workspace:
        yield load_run(workspace, run)
