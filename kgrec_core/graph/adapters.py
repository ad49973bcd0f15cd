"""The graph as a NetworkX graph, for whoever wants its algorithms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgrec_core.graph.knowledge_graph import KnowledgeGraph

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["to_networkx"]


def to_networkx(graph: KnowledgeGraph) -> nx.MultiDiGraph[str]:
    """All entities as nodes (by id) and all triples as edges from head to tail.

    Nodes have `label`, `type` and `entity_index`; edges have the relation id as key, and
    `relation` and `triple_index`.
    """
    import networkx as nx

    network: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    described = zip(graph.entities.ids, graph.entity_labels, graph.entity_types, strict=True)
    network.add_nodes_from(
        (id_, {"label": label, "type": kind, "entity_index": index})
        for index, (id_, label, kind) in enumerate(described)
    )
    ids, relations = graph.entities.ids, graph.relations.ids
    for index, (head, relation, tail) in enumerate(graph.triples.tolist()):
        name = relations[relation]
        network.add_edge(ids[head], ids[tail], key=name, relation=name, triple_index=index)
    return network
