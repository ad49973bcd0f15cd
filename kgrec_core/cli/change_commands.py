"""Commands that ask what would change: what-if, counterfactual."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from kgrec_core.cli.asking import Run, opened_run
from kgrec_core.cli.options import AsJson, WorkspaceFolder
from kgrec_core.cli.output import print_facts, print_json, print_table

if TYPE_CHECKING:
    from kgrec_core.explanation.what_if import Change
    from kgrec_core.pipeline.loaded_run import LoadedRun
    from kgrec_core.recommender.muting import Muted

__all__ = ["ask_what_if", "find_counterfactual"]

KnownUser = Annotated[str, typer.Option(help="Id of a known user.")]
Length = Annotated[int, typer.Option("-k", min=1, help="Length of the list.")]


def ask_what_if(
    run: Run,
    user: KnownUser,
    drop_item: Annotated[
        list[str] | None,
        typer.Option(help="Item of the history to leave out; may be repeated."),
    ] = None,
    add_item: Annotated[
        list[str] | None, typer.Option(help="Item to add as a like; may be repeated.")
    ] = None,
    add_entity: Annotated[
        list[str] | None, typer.Option(help="Entity id to add as an interest; may be repeated.")
    ] = None,
    add_text: Annotated[
        list[str] | None, typer.Option(help="Words about the taste to add; may be repeated.")
    ] = None,
    mute: Annotated[
        list[str] | None,
        typer.Option(
            help="View to switch off: collaborative, graph, text, social or attributes; may be "
            "repeated."
        ),
    ] = None,
    mute_relation: Annotated[
        list[str] | None,
        typer.Option(help="Relation that no path may travel along; may be repeated."),
    ] = None,
    item: Annotated[
        str | None, typer.Option(help="Item whose score is taken apart before and after.")
    ] = None,
    k: Length = 10,
    workspace: WorkspaceFolder = None,
    as_json: AsJson = False,
) -> None:
    """The list of a known user before and after a change; nothing is fitted again.

    With --json: {"user", "k", "before", "after", "moves", "before_differs", "effect"}; see
    `what_if_to_json`.
    """
    muted = _muted(mute or [], mute_relation or [])
    asked = (drop_item or [], add_item or [], add_entity or [], add_text or [])
    if muted.is_empty and not any(asked):
        raise typer.BadParameter(
            "give --drop-item, --add-item, --add-entity, --add-text, --mute or --mute-relation."
        )
    from kgrec_core.explanation.serialize_changes import what_if_to_json
    from kgrec_core.explanation.what_if import item_effect

    with opened_run(workspace, run) as loaded:
        change = _change(loaded, asked, muted)
        evidence = loaded.evidence_of(loaded.dataset.users.index_of(user))
        index = None if item is None else loaded.dataset.items.index_of(item)
        answer = loaded.what_if(evidence, change, k)
        effect = None if index is None else item_effect(loaded.recommender, answer, index)
        values = {"k": k, **what_if_to_json(answer, effect, loaded.names, user_id=user)}
    if as_json:
        print_json(values)
    else:
        _print_what_if(values)


def find_counterfactual(
    run: Run,
    user: KnownUser,
    item: Annotated[str, typer.Option(help="Id of an item of the user's list.")],
    links: Annotated[
        bool, typer.Option("--links", help="Remove links of the item instead of choices.")
    ] = False,
    k: Length = 10,
    budget: Annotated[
        int | None, typer.Option(min=1, help="How often the user may be scored. Default: 4000.")
    ] = None,
    workspace: WorkspaceFolder = None,
    as_json: AsJson = False,
) -> None:
    """The fewest choices, or links, without which an item would not be in the user's list.

    With --json: see `counterfactual_to_json`; "found" says whether there is an answer.
    """
    from kgrec_core.explanation.counterfactual import MAX_SCORINGS, counterfactual
    from kgrec_core.explanation.serialize_changes import counterfactual_to_json

    with opened_run(workspace, run) as loaded:
        found = counterfactual(
            loaded.recommender,
            loaded.evidence_of(loaded.dataset.users.index_of(user)),
            loaded.dataset.items.index_of(item),
            k,
            mode="links" if links else "interactions",
            max_scorings=budget or MAX_SCORINGS,
        )
        values = counterfactual_to_json(found, loaded.names, user_id=user)
    if as_json:
        print_json(values)
    else:
        _print_counterfactual(values)


def _muted(modalities: list[str], relations: list[str]) -> Muted:
    from kgrec_core.recommender.contract import Modality
    from kgrec_core.recommender.muting import Muted

    known: dict[str, Modality] = {name: name for name in get_args(Modality)}
    unknown = [name for name in modalities if name not in known]
    if unknown:
        raise typer.BadParameter(f"--mute must be one of {', '.join(known)} (got {unknown[0]}).")
    return Muted(frozenset(known[name] for name in modalities), frozenset(relations))


def _change(loaded: LoadedRun, asked: tuple[list[str], ...], muted: Muted) -> Change:
    from kgrec_core.explanation.what_if import Change
    from kgrec_core.recommender.contract import EvidenceUnit

    dropped, likes, entities, words = asked
    items = loaded.dataset.items
    return Change(
        tuple(EvidenceUnit("item", items.index_of(id_)) for id_ in dropped),
        tuple((items.index_of(id_), loaded.like_weight) for id_ in likes),
        tuple(loaded.graph.entities.index_of(id_) for id_ in entities),
        tuple(words),
        muted,
    )


def _print_what_if(values: dict[str, Any]) -> None:
    rows = [
        (
            move["rank_after"],
            move["rank_before"],
            move["label"],
            move["score_after"],
            move["score_before"],
            "new" if move["entered"] else "gone" if move["left"] else "",
        )
        for move in values["moves"]
    ]
    headers = ("rank", "before", "item", "score", "before", "")
    print_table(headers, rows, empty="There is no item left to show.")
    if values["before_differs"]:
        typer.echo(
            "The lists compare two users that the model reads from their choices alone; for the "
            "known user it has learned more."
        )
    effect = values["effect"]
    if effect:
        typer.echo("")
        print_facts({"item": effect["label"]})
        names = ("score_before", "score_after", "direct", "shifted", "total")
        # Adding 0.0 turns -0.0 into 0.0.
        print_facts({name.replace("_", " "): round(effect[name], 6) + 0.0 for name in names})


def _print_counterfactual(values: dict[str, Any]) -> None:
    typer.echo(values["text"])
    if values["found"]:
        rows = [
            (part["label"], part["id"])
            if "id" in part
            else (f"{part['head']} {part['relation']} {part['tail']}", part["source"])
            for part in values["removed"]
        ]
        print_table(("removed", "id or source"), rows, empty="")
