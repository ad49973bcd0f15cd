"""Vectors of entities and relations that are learned from the triples of a graph alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from kgrec_core.contracts import FloatArray, IndexArray, OnProgress, Progress, no_progress
from kgrec_core.device import pick_device
from kgrec_core.errors import ArtifactError, DataError
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.graph.to_pyg import quiet_pyg

if TYPE_CHECKING:
    import torch
    from torch_geometric.nn.kge import KGEModel

__all__ = ["KGE_MODELS", "KgEmbedding", "KgeModelName", "KgeSettings", "fit_kg_embedding"]

KgeModelName = Literal["transe", "distmult", "complex", "rotate"]
KGE_MODELS: tuple[KgeModelName, ...] = ("transe", "distmult", "complex", "rotate")
SHARPNESS = {"transe": 10.0, "distmult": 1.0, "complex": 1.0, "rotate": 1.0}
"""Factor on scores in the softmax; those of TransE lie between -4 and 0."""
STAGE = "Learning entity vectors"


class KgeSettings(BaseModel):
    """How vectors of entities and relations are learned."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: KgeModelName = Field(
        default="transe",
        description="transe: a relation is a step; rotate: a turn; distmult and complex: a "
        "weighted agreement, symmetric in distmult.",
    )
    embedding_dim: int = Field(
        default=64, ge=1, description="Numbers per entity; complex and rotate use twice as many."
    )
    epochs: int = Field(default=30, ge=1, description="Passes over all triples.")
    learning_rate: float = Field(default=0.01, gt=0, description="Step size of Adam.")
    batch_size: int = Field(default=1024, ge=1, description="Triples per step.")
    n_negatives: int = Field(
        default=16, ge=1, description="Corrupted triples that each true one is compared with."
    )
    seed: int = Field(default=0, ge=0, description="Seed of everything random.")


@dataclass(frozen=True)
class KgEmbedding:
    """Learned vectors and the scores they give; larger is more plausible.

    Attributes:
        model: which scoring function the vectors belong to.
        entities: float32 (n_entities, dim): unit vectors for transe, real numbers for distmult,
            real parts then imaginary parts for complex and rotate.
        relations: float32 (n_relations, dim); angles, (n_relations, dim / 2), for rotate.
    """

    model: KgeModelName
    entities: FloatArray
    relations: FloatArray

    def tail_scores(self, heads: IndexArray, relations: IndexArray) -> FloatArray:
        """Scores of every entity as the tail, float32 (b, n_entities)."""
        return self._against_all(self._asked(self.entities[heads], relations, is_inverse=False))

    def head_scores(self, tails: IndexArray, relations: IndexArray) -> FloatArray:
        """Scores of every entity as the head, float32 (b, n_entities)."""
        return self._against_all(self._asked(self.entities[tails], relations, is_inverse=True))

    def scores(self, triples: IndexArray) -> FloatArray:
        """Scores of triples int64 (n, 3), float32 (n,)."""
        heads, relations, tails = triples.T
        asked = self._asked(self.entities[heads], relations, is_inverse=False)
        answers = self.entities[tails]
        if self.model in ("distmult", "complex"):
            return np.asarray((asked * answers).sum(axis=1), dtype=np.float32)
        return np.asarray(-np.linalg.norm(asked - answers, axis=1), dtype=np.float32)

    def _asked(self, known: FloatArray, relations: IndexArray, *, is_inverse: bool) -> FloatArray:
        """The point that the missing end should be near to, (b, dim).

        Each of the four scores is a product or a distance of that point and the missing end.
        """
        chosen = self.relations[relations]
        if self.model == "transe":
            return known - chosen if is_inverse else known + chosen
        if self.model == "distmult":
            return known * chosen
        half = known.shape[1] // 2
        real, imaginary = known[:, :half], known[:, half:]
        if self.model == "rotate":
            turn_real, turn_imaginary = np.cos(chosen), np.sin(chosen)
        else:
            turn_real, turn_imaginary = chosen[:, :half], chosen[:, half:]
        if is_inverse:  # the conjugate turns back
            turn_imaginary = -turn_imaginary
        return np.hstack(
            [
                real * turn_real - imaginary * turn_imaginary,
                real * turn_imaginary + imaginary * turn_real,
            ]
        )

    def _against_all(self, asked: FloatArray) -> FloatArray:
        products = asked @ self.entities.T
        if self.model in ("distmult", "complex"):
            return np.asarray(products, dtype=np.float32)
        squares = (asked**2).sum(axis=1)[:, None] + (self.entities**2).sum(axis=1)[None, :]
        distances = np.sqrt(np.maximum(squares - 2.0 * products, 0.0))
        return np.asarray(-distances, dtype=np.float32)

    def to_arrays(self) -> dict[str, np.ndarray[Any, Any]]:
        """The vectors, and the model as a number, its position in `KGE_MODELS`."""
        code = np.array([KGE_MODELS.index(self.model)], dtype=np.int64)
        return {"entities": self.entities, "relations": self.relations, "model": code}

    @classmethod
    def from_arrays(cls, arrays: dict[str, np.ndarray[Any, Any]]) -> KgEmbedding:
        """What `to_arrays` gave.

        Raises:
            ArtifactError: an array is missing.
        """
        try:
            model = KGE_MODELS[int(arrays["model"][0])]
            return cls(model, arrays["entities"], arrays["relations"])
        except (KeyError, IndexError) as error:
            raise ArtifactError(
                f"Saved entity vectors are incomplete ({error}). Learn them again."
            ) from None


def fit_kg_embedding(
    graph: KnowledgeGraph,
    *,
    triples: IndexArray | None = None,
    rng: np.random.Generator,
    settings: KgeSettings | None = None,
    on_progress: OnProgress = no_progress,
) -> KgEmbedding:
    """Learn vectors such that true triples score higher than corrupted ones.

    TransE (Bordes et al. 2013, with Euclidean distance), DistMult (Yang et al. 2015), ComplEx
    (Trouillon et al. 2016), RotatE (Sun et al. 2019). Each true triple competes in a softmax with
    triples whose head or tail was replaced (cross-entropy; Ruffinelli et al. 2020).

    Args:
        graph: supplies the vocabularies.
        triples: those to learn from, int64 (n, 3); None for all of the graph.
        rng: everything random; `settings.seed` is for whoever makes it.
        settings: None for the defaults.
        on_progress: hears about each pass.

    Raises:
        DataError: there is no triple, or only one entity.
    """
    chosen = settings or KgeSettings()
    known = graph.triples if triples is None else triples
    if known.shape[0] == 0 or graph.n_entities < 2:
        raise DataError(
            f"Entity vectors need at least one triple and two entities (got {known.shape[0]} "
            f"triples, {graph.n_entities} entities). Map link columns, or upload triples."
        )
    import torch

    device = pick_device()
    generator = torch.Generator(device=device)
    generator.manual_seed(int(rng.integers(2**62)))
    network = _network(chosen, graph.n_entities, graph.n_relations, device, generator)
    optimizer = torch.optim.Adam(network.parameters(), lr=chosen.learning_rate)
    tensor = torch.from_numpy(np.ascontiguousarray(known)).to(device)
    for epoch in range(chosen.epochs):
        order = torch.randperm(tensor.shape[0], generator=generator, device=device)
        total = 0.0
        for first in range(0, tensor.shape[0], chosen.batch_size):
            batch = tensor[order[first : first + chosen.batch_size]]
            loss = _loss(network, batch, chosen, generator)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += float(loss.detach()) * batch.shape[0]
        mean = {"loss": total / tensor.shape[0]}
        on_progress(Progress(STAGE, epoch + 1, chosen.epochs, mean))
    return _export(network, chosen.model)


def _loss(
    network: KGEModel, batch: torch.Tensor, settings: KgeSettings, generator: torch.Generator
) -> torch.Tensor:
    """Cross-entropy of each true triple among its corruptions, half of them at either end."""
    import torch
    from torch.nn.functional import cross_entropy

    n, n_negatives, device = batch.shape[0], settings.n_negatives, batch.device
    shape = (n, 1 + n_negatives)
    drawn = torch.randint(network.num_nodes, shape, generator=generator, device=device)
    at_head = torch.rand(shape, generator=generator, device=device) < 0.5
    at_head[:, 0] = False
    drawn[:, 0] = batch[:, 2]
    heads = torch.where(at_head, drawn, batch[:, :1])
    tails = torch.where(at_head, batch[:, 2:], drawn)
    relations = batch[:, 1:2].expand(shape)
    scores = network(heads.reshape(-1), relations.reshape(-1), tails.reshape(-1)).reshape(shape)
    # A corruption that happens to be the true triple itself must not compete with it.
    is_same = (heads == batch[:, :1]) & (tails == batch[:, 2:])
    is_same[:, 0] = False
    scores = scores.masked_fill(is_same, -1e9) * SHARPNESS[settings.model]
    return cross_entropy(scores, torch.zeros(n, dtype=torch.int64, device=device))


def _network(
    settings: KgeSettings,
    n_entities: int,
    n_relations: int,
    device: torch.device,
    generator: torch.Generator,
) -> KGEModel:
    """A model of the library with weights drawn from our generator instead of the global one."""
    import torch

    with quiet_pyg():
        from torch_geometric.nn.kge import ComplEx, DistMult, RotatE, TransE
    makers: dict[str, Callable[..., KGEModel]] = {
        "transe": lambda *sizes: TransE(*sizes, p_norm=2.0),
        "distmult": DistMult,
        "complex": ComplEx,
        "rotate": RotatE,
    }
    with torch.random.fork_rng(devices=[]):  # constructors draw from the global generator
        network = makers[settings.model](n_entities, n_relations, settings.embedding_dim)
    network = network.to(device)
    with torch.no_grad():
        for name, weight in network.named_parameters():
            drawn = torch.randn(weight.shape, generator=generator, device=device)
            is_angle = settings.model == "rotate" and name.startswith("rel_emb")
            weight.copy_(drawn * (np.pi if is_angle else settings.embedding_dim**-0.5))
    return network


def _export(network: KGEModel, model: KgeModelName) -> KgEmbedding:
    from torch.nn.functional import normalize

    def array(tensor: torch.Tensor) -> FloatArray:
        return np.asarray(tensor.detach().cpu().numpy(), dtype=np.float32)

    entities, relations = network.node_emb.weight, network.rel_emb.weight
    if model == "transe":
        return KgEmbedding(model, array(normalize(entities, dim=-1)), array(relations))
    if model == "distmult":
        return KgEmbedding(model, array(entities), array(relations))
    both = np.hstack([array(entities), array(network.node_emb_im.weight)])
    if model == "rotate":
        return KgEmbedding(model, both, array(relations))
    turns = np.hstack([array(relations), array(network.rel_emb_im.weight)])
    return KgEmbedding(model, both, turns)
