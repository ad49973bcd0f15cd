"""Commands that ask a run: recommend, explain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from kgrec_core.cli.asking import (
    Asker,
    Attribute,
    Entity,
    Friend,
    Like,
    Run,
    Tag,
    Text,
    User,
    opened_run,
)
from kgrec_core.cli.options import AsJson, WorkspaceFolder
from kgrec_core.cli.output import print_facts, print_json, print_table

if TYPE_CHECKING:
    from kgrec_core.pipeline.loaded_run import LoadedRun
    from kgrec_core.recommender.contract import UserEvidence

__all__ = ["explain_item", "recommend_items"]


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
    asker = Asker(
        user, like or [], entity or [], tag or [], text or [], friend or [], attribute or []
    )
    asker.require_one()
    with opened_run(workspace, run) as loaded:
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
    against: Annotated[
        str | None,
        typer.Option(help="Id of another item: why not the first one, compared with this one?"),
    ] = None,
    workspace: WorkspaceFolder = None,
    as_json: AsJson = False,
) -> None:
    """Why an item has its score: every part of the sum; or why it is not ranked above another.

    With --json: see `explanation_to_json`, and `why_not_to_json` with --against.
    """
    asker = Asker(
        user, like or [], entity or [], tag or [], text or [], friend or [], attribute or []
    )
    asker.require_one()
    with opened_run(workspace, run) as loaded:
        evidence, index = asker.evidence(loaded), loaded.dataset.items.index_of(item)
        if against is None:
            values = _explained(loaded, evidence, index, user)
        else:
            other = loaded.dataset.items.index_of(against)
            values = _compared(loaded, evidence, (index, other), user)
    if as_json:
        print_json(values)
    elif against is None:
        _print_explanation(values)
        if (evidence.item_indices == index).any():
            typer.echo("\nThe user has chosen this item already, so lists leave it out.")
    else:
        _print_comparison(values)


def _explained(
    loaded: LoadedRun, evidence: UserEvidence, item: int, user: str | None
) -> dict[str, Any]:
    from kgrec_core.explanation.serialize import explanation_to_json

    explanation = loaded.explain(evidence, item)
    return explanation_to_json(explanation, loaded.names, user_id=user)


def _compared(
    loaded: LoadedRun, evidence: UserEvidence, items: tuple[int, int], user: str | None
) -> dict[str, Any]:
    from kgrec_core.explanation.serialize_changes import why_not_to_json
    from kgrec_core.explanation.why_not import why_not

    answer = why_not(loaded.recommender, evidence, *items, loaded.names)
    return why_not_to_json(answer, loaded.names, user_id=user)


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


def _print_comparison(values: dict[str, Any]) -> None:
    other = values["against"]
    rows = [(it["label"], it["rank"], it["score"], it["item"]) for it in (values, other)]
    print_table(("item", "rank", "score", "id"), rows, empty="")
    for sentence in values["lacking"]:
        typer.echo(f"- {sentence}")
    typer.echo("")
    print_table(
        ("difference", "item", "other", "modality", "because of"),
        [
            (row["value"], row["item"], row["against"], row["modality"], row["label"])
            for row in values["differences"]
        ],
        empty="The two scores are made of the same parts.",
    )
