"""The drawn part of the graph as files for other tools: GraphML and CSV, with provenance."""

from __future__ import annotations

import re
from io import StringIO

import pandas as pd

from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_ui.views.drawing import Drawing
from kgrec_ui.views.graph_view import printable, triples_csv

__all__ = ["drawing_graphml", "edges_csv", "file_name", "nodes_csv"]

PART = "part_of_the_scores"
UNSAFE = re.compile(r"[^\w.-]+")


def file_name(name: str) -> str:
    """A name that every system takes for a file: letters, digits, "-", "_" and "."."""
    return UNSAFE.sub("-", name).strip("-.")[:80] or "graph"


def nodes_csv(graph: KnowledgeGraph, drawing: Drawing) -> str:
    """One line per drawn entity: id, label, type, links in the whole graph, place.

    With a user's contributions on the drawing also the part of the scores that it carries.
    """
    rows = [
        (m.entity_id, m.label, m.entity_type, int(graph.degrees[m.entity_index]), m.x, m.y)
        for m in drawing.marks
    ]
    columns = ["id", "label", "type", "links", "x", "y"]
    table = pd.DataFrame(rows, columns=columns).round(1)
    if any(mark.carried is not None for mark in drawing.marks):
        table[PART] = [mark.carried for mark in drawing.marks]
    return table.to_csv(index=False)


def edges_csv(graph: KnowledgeGraph, drawing: Drawing) -> str:
    """One line per drawn triple: both ends, relation, file, row, column, and the part as above."""
    text = triples_csv(graph, [line.triple_index for line in drawing.lines])
    if all(line.carried is None for line in drawing.lines):
        return text
    table = pd.read_csv(StringIO(text), dtype=str, keep_default_na=False)
    table[PART] = [line.carried for line in drawing.lines]
    return table.to_csv(index=False)


def drawing_graphml(graph: KnowledgeGraph, drawing: Drawing) -> str:
    """The drawn part as GraphML text; triples carry relation, file, row and column."""
    import networkx as nx

    drawn: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for mark in drawing.marks:
        drawn.add_node(
            printable(mark.entity_id),
            label=printable(mark.label),
            type=printable(mark.entity_type),
            x=mark.x,
            y=mark.y,
            **_part(mark.carried),
        )
    ids = graph.entities.ids
    for line in drawing.lines:
        source = graph.provenance.row(line.triple_index, named=True)
        relation = graph.relations.id_of(int(graph.triples[line.triple_index, 1]))
        drawn.add_edge(
            printable(ids[line.head_index]),
            printable(ids[line.tail_index]),
            relation=printable(relation),
            file=printable(source["file"]),
            row=int(source["row"]),
            column=printable(source["column"]),
            **_part(line.carried),
        )
    return "\n".join(nx.generate_graphml(drawn))


def _part(carried: float | None) -> dict[str, float]:
    return {} if carried is None else {PART: carried}
