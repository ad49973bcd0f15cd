"""The core of a fusion score (content and its correction), taken apart into its own terms."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property

import numpy as np

from kgrec_core.recommender.contract import (
    Contribution,
    EvidenceUnit,
    Modality,
    PathContribution,
    UserEvidence,
)
from kgrec_core.recommender.fusion_model import FusionModel
from kgrec_core.recommender.kernels import CellPaths, IncidenceKernel
from kgrec_core.recommender.neighbor_kernel import NeighborKernel
from kgrec_core.recommender.row_links import RowLinks

__all__ = ["CoreTerms", "UserTerms"]

_Path = tuple[tuple[int, ...], tuple[int, ...], float]
"""Entities, triples and kernel value of one path."""


class UserTerms:
    """What the terms of all items of one user share.

    Attributes:
        model: the fitted parts.
        user: what is known.
        attention: over items, entities and texts, float32 (n_units,).
        scale: of the user.
        units: items, entities and texts in the order of `attention`.
    """

    def __init__(self, model: FusionModel, user: UserEvidence) -> None:
        self.model = model
        self.user = user
        self.attention, self.scale = model.attention.of_user(user)
        self.units = [
            *(EvidenceUnit("item", index) for index in user.item_indices.tolist()),
            *(EvidenceUnit("entity", index) for index in user.entity_indices.tolist()),
            *(EvidenceUnit("text", at, words) for at, words in enumerate(user.texts)),
        ]
        self._links: dict[str, RowLinks] = {}

    @cached_property
    def attention_of(self) -> dict[EvidenceUnit, float]:
        """Attention of each unit."""
        return dict(zip(self.units, self.attention.tolist(), strict=True))

    def cells(self, kernel: IncidenceKernel | NeighborKernel, item_index: int) -> CellPaths:
        """Paths from the history to an item; the history is looked up once per kernel."""
        if isinstance(kernel, NeighborKernel):
            return kernel.cells(self.user.item_indices, item_index)
        links = self._links.get(kernel.name)
        if links is None:
            links = self._links[kernel.name] = kernel.links_of(self.user.item_indices)
        return kernel.cells_of(links, item_index)


class CoreTerms:
    """One pair (user, item) while its terms are collected."""

    def __init__(self, known: UserTerms, item_index: int) -> None:
        self.model, self.user = known.model, known.user
        self.known = known
        self.item = item_index
        self.attention, self.scale = known.attention, known.scale
        self.unit = float(self.model.target_scale[item_index])
        self.content_gate = self.scale * float(self.model.content_gate[item_index])
        if self.model.is_cold[item_index]:
            self.content_gate *= self.model.attention.cold_share(self.user)
        text = self.model.text
        self.loudness: dict[Modality, float] = {
            "collaborative": 1.0,
            "graph": sum(self.model.weight_of(kernel.name) for kernel in self.model.graph_kernels),
            "text": self.model.weight_of(text.name) if text else 0.0,
        }
        self.n_items = self.user.item_indices.size
        self.n_entities = self.user.entity_indices.size

    def all(self) -> list[Contribution]:
        """One contribution per (evidence, modality) that is not zero."""
        return [
            *self.collaborative(),
            *self.graph_of_items(),
            *self.graph_of_entities(),
            *self.text_of_items(),
            *self.text_of_words(),
        ]

    def units(self) -> list[tuple[EvidenceUnit, float]]:
        """Items, entities and texts of the user, with the attention they get."""
        return list(zip(self.known.units, self.attention.tolist(), strict=True))

    def collaborative_share(self, unit: EvidenceUnit) -> list[tuple[float, float]]:
        """Gate of the correction and the attention of a unit under it; none without one."""
        if self.model.correction is None or not self.scale:
            return []
        return [(self.scale, self.known.attention_of.get(unit, 0.0))]

    def _term(
        self,
        modality: Modality,
        evidence: EvidenceUnit,
        attention: float,
        kernel: float,
        paths: tuple[_Path, ...] = (),
    ) -> Contribution:
        of_history = evidence.kind == "item" and modality != "collaborative"
        scale = self.content_gate if of_history else self.scale
        weight = attention * scale
        loudness = self.loudness[modality]
        told = tuple([PathContribution(ends, hops, weight * part) for ends, hops, part in paths])
        value, gate = weight * kernel, scale * loudness
        return Contribution(modality, evidence, value, attention, gate, kernel / loudness, told)

    def collaborative(self) -> list[Contribution]:
        """Behavior's correction, one term per history item."""
        if self.model.correction is None or not self.n_items:
            return []
        cells = self.model.correction.cells(self.user.item_indices, self.item) * self.unit
        return [
            self._term(
                "collaborative",
                self.known.units[position],
                float(self.attention[position]),
                float(cells[position]),
            )
            for position in np.flatnonzero(cells).tolist()
        ]

    def graph_of_items(self) -> list[Contribution]:
        """Links that history items and the item have in common, path by path."""
        paths: dict[int, list[_Path]] = defaultdict(list)
        for kernel in self.model.graph_kernels:
            weight = self.model.weight_of(kernel.name) * self.unit
            if not weight:
                continue
            found = self.known.cells(kernel, self.item)
            sources = self.user.item_indices[found.rows].tolist()
            parts = (found.rows, found.entity_indices, found.triples, found.values * weight)
            for source, row, entity, triples, value in zip(
                sources, *(part.tolist() for part in parts), strict=True
            ):
                middle: tuple[int, ...] = () if entity < 0 else (entity,)
                hops = tuple([triple for triple in triples if triple >= 0])
                paths[row].append(((source, *middle, self.item), hops, value))
        return [
            self._term(
                "graph",
                self.known.units[row],
                float(self.attention[row]),
                sum(path[2] for path in told),
                tuple(told),
            )
            for row, told in paths.items()
        ]

    def graph_of_entities(self) -> list[Contribution]:
        """Links between stated entities and the item."""
        terms = []
        for position, entity in enumerate(self.user.entity_indices):
            paths = self._entity_paths(int(entity))
            if paths:
                unit = EvidenceUnit("entity", int(entity))
                attention = float(self.attention[self.n_items + position])
                kernel = sum(path[2] for path in paths)
                terms.append(self._term("graph", unit, attention, kernel, tuple(paths)))
        return terms

    def _entity_paths(self, entity: int) -> list[_Path]:
        paths: list[_Path] = []
        for kernel in self.model.incidence_kernels:
            weight = self.model.weight_of(kernel.name) * self.unit
            for column in kernel.entity_columns(entity) if weight else ():
                value = float(kernel.entity_scores(int(column))[self.item]) * weight
                if value:
                    triple = kernel.entity_triple(int(column), self.item)
                    paths.append(((entity, self.item), (triple,), value))
        return paths

    def text_of_items(self) -> list[Contribution]:
        """Texts of history items that are near the item's text."""
        if self.model.text is None or not self.n_items:
            return []
        weight = self.model.weight_of(self.model.text.name) * self.unit
        found = self.model.text.cells(self.user.item_indices, self.item)
        return [
            self._term(
                "text", self.known.units[row], float(self.attention[row]), float(value) * weight
            )
            for row, value in zip(found.rows, found.values, strict=True)
            if value * weight
        ]

    def text_of_words(self) -> list[Contribution]:
        """Stated words that are near the item's text."""
        if self.model.text is None:
            return []
        weight = self.model.weight_of(self.model.text.name) * self.unit
        terms = []
        for position, words in enumerate(self.user.texts):
            kernel = self.model.text_kernel_row(self.user.text_vectors[position])[self.item]
            if kernel * weight:
                unit = EvidenceUnit("text", position, words)
                attention = float(self.attention[self.n_items + self.n_entities + position])
                terms.append(self._term("text", unit, attention, float(kernel) * weight))
        return terms
