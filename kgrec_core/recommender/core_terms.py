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

__all__ = ["CoreTerms"]

_Path = tuple[tuple[int, ...], tuple[int, ...], float]
"""Entities, triples and kernel value of one path."""


class CoreTerms:
    """One pair (user, item) while its terms are collected."""

    def __init__(self, model: FusionModel, user: UserEvidence, item_index: int) -> None:
        self.model = model
        self.user = user
        self.item = item_index
        self.attention, self.scale = model.attention.of_user(user)
        self.unit = float(model.target_scale[item_index])
        self.content_gate = self.scale * float(model.content_gate[item_index])
        if model.is_cold[item_index]:
            self.content_gate *= model.attention.cold_share(user)
        self.loudness: dict[Modality, float] = {
            "collaborative": 1.0,
            "graph": sum(model.weight_of(kernel.name) for kernel in model.graph_kernels),
            "text": model.weight_of(model.text.name) if model.text else 0.0,
        }
        self.n_items = user.item_indices.size
        self.n_entities = user.entity_indices.size

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
        items = [self._item_unit(position) for position in range(self.n_items)]
        entities = [EvidenceUnit("entity", int(index)) for index in self.user.entity_indices]
        texts = [EvidenceUnit("text", at, words) for at, words in enumerate(self.user.texts)]
        return list(zip([*items, *entities, *texts], self.attention.tolist(), strict=True))

    def collaborative_share(self, unit: EvidenceUnit) -> list[tuple[float, float]]:
        """Gate of the correction and the attention of a unit under it; none without one."""
        if self.model.correction is None or not self.scale:
            return []
        return [(self.scale, self._attention_of.get(unit, 0.0))]

    @cached_property
    def _attention_of(self) -> dict[EvidenceUnit, float]:
        return dict(self.units())

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
        told = tuple(
            PathContribution(entities, triples, weight * value)
            for entities, triples, value in sorted(paths, key=lambda path: -abs(path[2]))
        )
        value, gate = weight * kernel, scale * loudness
        return Contribution(modality, evidence, value, attention, gate, kernel / loudness, told)

    def _item_unit(self, position: int) -> EvidenceUnit:
        return EvidenceUnit("item", int(self.user.item_indices[position]))

    def collaborative(self) -> list[Contribution]:
        """Behavior's correction, one term per history item."""
        if self.model.correction is None or not self.n_items:
            return []
        cells = self.model.correction.cells(self.user.item_indices, self.item) * self.unit
        return [
            self._term(
                "collaborative",
                self._item_unit(int(position)),
                float(self.attention[position]),
                float(cells[position]),
            )
            for position in np.flatnonzero(cells)
        ]

    def graph_of_items(self) -> list[Contribution]:
        """Links that history items and the item have in common, path by path."""
        paths: dict[int, list[_Path]] = defaultdict(list)
        for kernel in self.model.graph_kernels:
            weight = self.model.weight_of(kernel.name) * self.unit
            if not weight:
                continue
            found = kernel.cells(self.user.item_indices, self.item)
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
                self._item_unit(row),
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
                "text", self._item_unit(row), float(self.attention[row]), float(value) * weight
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
