"""The knowledge graph in tables: relations, entity types, degrees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import pandas as pd

from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.graph.statistics import GraphStatistics
from kgrec_ui.theme import format_count, format_share
from kgrec_ui.views.words import shortened

__all__ = [
    "GraphView",
    "best_linked",
    "entity_option",
    "graph_view",
    "graphml",
    "printable",
    "relation_words",
    "triples_csv",
    "type_words",
]


@dataclass(frozen=True)
class GraphView:
    """Everything the overview of the graph shows.

    Attributes:
        headline: (label, value, help) of the main numbers.
        relations: one row per relation.
        entity_types: one row per entity type, with one well-linked example each.
        degrees: distinct degrees, ascending, and how many entities have at least that many.
        degree_sentence: what the degree plot says.
        degree_table: the same in classes.
    """

    headline: tuple[tuple[str, str, str], ...]
    relations: pd.DataFrame
    entity_types: pd.DataFrame
    degrees: tuple[tuple[int, int], ...]
    degree_sentence: str
    degree_table: pd.DataFrame

    @property
    def has_links(self) -> bool:
        """False when the data says nothing about its items."""
        return bool(self.degrees)


def graph_view(graph: KnowledgeGraph, statistics: GraphStatistics) -> GraphView:
    """A graph and its counts in words and tables."""
    return GraphView(
        headline=_headline(statistics),
        relations=_relations(statistics),
        entity_types=_entity_types(graph, statistics),
        degrees=_degrees(graph),
        degree_sentence=_degree_sentence(graph),
        degree_table=_degree_table(statistics),
    )


def relation_words(relation_id: str) -> str:
    """A relation as people read it: "directed by"."""
    return relation_id.replace("_", " ").strip() or relation_id


def type_words(entity_type: str) -> str:
    """An entity type as people read it: "production company"."""
    return entity_type.replace("_", " ").strip() or entity_type


def entity_option(graph: KnowledgeGraph, entity_index: int) -> str:
    """An entity in a list of choices: label, type and number of links."""
    n_links = int(graph.degrees[entity_index])
    links = "1 link" if n_links == 1 else f"{format_count(n_links)} links"
    label, kind = graph.entity_labels[entity_index], graph.entity_types[entity_index]
    return f"{label} · {type_words(kind)} · {links}"


def best_linked(graph: KnowledgeGraph, entity_type: str | None, limit: int) -> list[int]:
    """Entities with most links first; of one type unless None."""
    order = np.argsort(-graph.degrees, kind="stable")
    fitting = (int(i) for i in order if entity_type in (None, graph.entity_types[int(i)]))
    return list(islice(fitting, limit))


def graphml(graph: KnowledgeGraph) -> str:
    """The graph as GraphML text, with labels and types; links carry their relation."""
    import networkx as nx

    drawn: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    parts = zip(graph.entities.ids, graph.entity_labels, graph.entity_types, strict=True)
    for entity_id, label, kind in parts:
        drawn.add_node(printable(entity_id), label=printable(label), type=printable(kind))
    ids, relations = graph.entities.ids, graph.relations.ids
    for head, relation, tail in graph.triples.tolist():
        drawn.add_edge(
            printable(ids[head]), printable(ids[tail]), relation=printable(relations[relation])
        )
    return "\n".join(nx.generate_graphml(drawn))


def triples_csv(graph: KnowledgeGraph, rows: Sequence[int] | None = None) -> str:
    """Triples with labels, types and provenance, as CSV text; all of them, or these rows."""
    chosen = np.arange(graph.n_triples) if rows is None else np.array(rows, dtype=np.int64)
    heads, relations, tails = graph.triples[chosen].T
    sources = graph.provenance[chosen]
    labels = np.array(graph.entity_labels, dtype=object)
    types = np.array(graph.entity_types, dtype=object)
    ids = np.array(graph.entities.ids, dtype=object)
    frame = pd.DataFrame(
        {
            "head_id": ids[heads],
            "head_label": labels[heads],
            "head_type": types[heads],
            "relation": np.array(graph.relations.ids, dtype=object)[relations],
            "tail_id": ids[tails],
            "tail_label": labels[tails],
            "tail_type": types[tails],
            **{name: sources[name].to_list() for name in sources.columns},
        }
    )
    return frame.to_csv(index=False)


def printable(text: str) -> str:
    """The same text without control characters, which XML forbids even escaped."""
    return "".join(c for c in text if c >= " " or c in "\t\n\r")


def _headline(statistics: GraphStatistics) -> tuple[tuple[str, str, str], ...]:
    linked, n_items = statistics.n_linked_items, statistics.n_items
    return (
        ("Entities", format_count(statistics.n_entities), "Items, people, genres, tags and so on."),
        ("Links (triples)", format_count(statistics.n_triples), "Each stated link counts once."),
        ("Relations", format_count(statistics.n_relations), "Kinds of links."),
        (
            "Items with links",
            format_share(statistics.share_of_items_linked) if n_items else "–",
            f"{format_count(linked)} of {format_count(n_items)} items.",
        ),
    )


def _relations(statistics: GraphStatistics) -> pd.DataFrame:
    rows = [
        {
            "Relation": relation_words(count.relation_id),
            "Links": count.n_triples,
            "Heads (from)": count.n_heads,
            "Tails (to)": count.n_tails,
            "Links per head": round(count.mean_degree, 1),
            "Items covered (%)": round(100 * count.n_items / max(statistics.n_items, 1), 1),
        }
        for count in statistics.relations
    ]
    columns = ["Relation", "Links", "Heads (from)", "Tails (to)", "Links per head"]
    return pd.DataFrame(rows, columns=[*columns, "Items covered (%)"])


def _entity_types(graph: KnowledgeGraph, statistics: GraphStatistics) -> pd.DataFrame:
    types = np.array(graph.entity_types, dtype=np.str_)
    rows = []
    for count in statistics.types:
        members = np.flatnonzero(types == count.entity_type)
        best = int(members[graph.degrees[members].argmax()])
        rows.append(
            {
                "Entity type": type_words(count.entity_type),
                "Entities": count.n_entities,
                "Links each": round(count.mean_degree, 1),
                "Most linked": f"{graph.entity_labels[best]} ({format_count(graph.degrees[best])})",
            }
        )
    return pd.DataFrame(rows, columns=["Entity type", "Entities", "Links each", "Most linked"])


def _degrees(graph: KnowledgeGraph) -> tuple[tuple[int, int], ...]:
    values, counts = np.unique(graph.degrees[graph.degrees > 0], return_counts=True)
    at_least = np.cumsum(counts[::-1])[::-1]
    return tuple(zip(values.tolist(), at_least.tolist(), strict=True))


def _degree_sentence(graph: KnowledgeGraph) -> str:
    linked = graph.degrees[graph.degrees > 0]
    if not linked.size:
        return "Nothing is linked."
    best = int(graph.degrees.argmax())
    middle = int(np.median(linked))
    links = "1 link" if middle == 1 else f"{format_count(middle)} links"
    return (
        f"Half of the linked entities have {links} or fewer. The hub is "
        f"{shortened(graph.entity_labels[best])} with {format_count(graph.degrees[best])}."
    )


def _degree_table(statistics: GraphStatistics) -> pd.DataFrame:
    rows = [
        (str(part.low) if part.low == part.high else f"{part.low}–{part.high}", part.n_entities)
        for part in statistics.degrees
    ]
    return pd.DataFrame(rows, columns=["Links of one entity", "Entities"])
