"""Content kernels: what one item (or entity, or text) says about another, down to single paths.

A kernel is an item-item matrix with zero diagonal whose columns sum to 1 (or are zero): rows are
evidence, columns are the items it speaks about. It is kept in factors, never as a dense square.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import scipy.sparse as sp

from kgrec_core.contracts import BoolArray, FloatArray, IndexArray
from kgrec_core.recommender.row_links import RowLinks

__all__ = [
    "CellPaths",
    "ContentKernel",
    "IncidenceKernel",
    "Spreading",
    "inverse_sums",
    "kept_entries",
    "no_paths",
]

FloatMatrix = np.ndarray[Any, np.dtype[np.float32]]


@dataclass(frozen=True)
class CellPaths:
    """Non-zero paths from several rows to one column of a kernel.

    Attributes:
        rows: position of the evidence in the rows that were asked for, int64 (n_paths,).
        entity_indices: entity in the middle; -1 for a direct link or a text, int64 (n_paths,).
        triples: triple behind each hop, int64 (n_paths, 2); -1 where there is none.
        values: kernel value of the path, float64 (n_paths,).
    """

    rows: IndexArray
    entity_indices: IndexArray
    triples: IndexArray
    values: np.ndarray[Any, np.dtype[np.float64]]


class Spreading(Protocol):
    """Anything that spreads evidence over items."""

    def apply(self, left: FloatMatrix | sp.csr_array) -> FloatMatrix:
        """Product with the kernel: float32 (m, n_items) -> (m, n_items)."""
        ...


class ContentKernel(Spreading, Protocol):
    """One family of content evidence."""

    @property
    def name(self) -> str:
        """Relation id, or "text"."""
        ...

    def dense(self) -> FloatMatrix:
        """The kernel itself, float32 (n_items, n_items)."""
        ...


def inverse_sums(sums: np.ndarray[Any, np.dtype[Any]]) -> FloatArray:
    """1 / sums where a sum is worth dividing by, else 0; float32 (n,)."""
    safe = np.where(sums > 1e-6, sums, np.inf)
    return (1.0 / safe).astype(np.float32)


@dataclass(frozen=True)
class IncidenceKernel:
    """Items that share an entity by one relation: k(j, i) = sum over e of b_je b_ie / norm_i.

    b_ie = sqrt(idf_e) / |b_i|, so one rare entity in common counts more than one that all share.

    Attributes:
        name: relation id.
        incidence: b, float32 (n_items, n_local) with sorted indices.
        entity_indices: graph index of each local column, int64 (n_local,).
        triple_of: row of the triples behind each stored entry of `incidence`, int64 (nnz,).
        fitted: the kernel before links were muted, whose scale this one keeps; None for a kernel
            with all its links.
        n_fitted: only the first so many items speak into the sums and means, so that items which
            are added later move nothing; None for all.
    """

    name: str
    incidence: sp.csr_array
    entity_indices: IndexArray
    triple_of: IndexArray
    fitted: IncidenceKernel | None = None
    n_fitted: int | None = None

    @cached_property
    def diagonal(self) -> FloatArray:
        """k(i, i) before it is taken out and scaled, float32 (n_items,)."""
        return np.asarray(self.incidence.multiply(self.incidence).sum(axis=1), dtype=np.float32)

    @cached_property
    def sums(self) -> FloatArray:
        """Column sums before scaling, without the diagonal, float32 (n_items,)."""
        if self.fitted is not None:
            return self.fitted.sums
        speaks = np.zeros(self.incidence.shape[0], dtype=np.float32)
        speaks[: self.n_fitted] = 1.0
        sums = self.incidence @ (self.incidence.T @ speaks) - self.diagonal * speaks
        return np.asarray(np.maximum(sums, 0.0), dtype=np.float32)

    @cached_property
    def scale(self) -> FloatArray:
        """1 / column sum, float32 (n_items,)."""
        return inverse_sums(self.sums)

    @cached_property
    def transposed(self) -> sp.csr_array:
        """The incidence with entities as rows, (n_local, n_items)."""
        return sp.csr_array(self.incidence.T)

    @cached_property
    def linked(self) -> IndexArray:
        """Items with a link, int64 (n_linked,)."""
        return np.flatnonzero(np.diff(self.incidence.indptr)).astype(np.int64)

    @cached_property
    def _links(self) -> sp.csr_array:
        """The rows of the linked items, (n_linked, n_local): what `apply` needs again and again."""
        return self.incidence[self.linked]

    @cached_property
    def _links_turned(self) -> sp.csr_array:
        return sp.csr_array(self._links.T)

    @cached_property
    def richness(self) -> sp.csr_array:
        """The incidence with rows of length sqrt(links / mean links), float32.

        Well-documented items are often well-known ones: what is learned about items with many
        links may count more for others with many.
        """
        n_links = np.diff((self.fitted or self).incidence.indptr).astype(np.float32)
        mean = float(n_links[: self.n_fitted].mean())
        scale = np.sqrt(n_links / max(mean, 1e-6)).astype(np.float32)
        data = self.incidence.data * np.repeat(scale, np.diff(self.incidence.indptr))
        return sp.csr_array(
            (data, self.incidence.indices, self.incidence.indptr), shape=self.incidence.shape
        )

    @cached_property
    def counted(self) -> sp.csr_array:
        """log(1 + links) of each item, spread evenly over its links: their sum counts links."""
        n_links = np.diff((self.fitted or self).incidence.indptr).astype(np.float32)
        shares = (np.log1p(n_links) / np.maximum(n_links, 1.0)).astype(np.float32)
        data = np.repeat(shares, np.diff(self.incidence.indptr))
        return sp.csr_array(
            (data, self.incidence.indices, self.incidence.indptr), shape=self.incidence.shape
        )

    def without(self, is_muted: BoolArray) -> IncidenceKernel:
        """The same kernel without some links; the paths that are left keep their values.

        Args:
            is_muted: bool (n_triples,), by row of the triples.
        """
        kept = ~is_muted[self.triple_of]
        if kept.all():
            return self
        links = kept_entries(self.incidence, kept)
        return replace(
            self, incidence=links, triple_of=self.triple_of[kept], fitted=self.fitted or self
        )

    def apply(self, left: FloatMatrix | sp.csr_array) -> FloatMatrix:
        """Product with the kernel: float32 (m, n_items) -> (m, n_items)."""
        linked = self.linked
        product = np.zeros(left.shape, dtype=np.float32)
        if isinstance(left, np.ndarray):
            turned = np.ascontiguousarray(left[:, linked].T)  # (n_linked, m)
            links = self._links
            turned = links @ (links.T @ turned) - turned * self.diagonal[linked, None]
            product[:, linked] = (turned * self.scale[linked, None]).T
            return product
        spread = ((left @ self.incidence) @ self._links_turned).toarray()
        spread -= left.toarray()[:, linked] * self.diagonal[linked]
        product[:, linked] = spread * self.scale[linked]
        return product

    def weighed(self, rows: IndexArray, values: FloatMatrix) -> FloatMatrix:
        """Rows of the kernel times values of all items, (n_items, n) -> float32 (n_rows, n).

        What single sources say in sums over many items, without what they say about each.
        """
        scaled = values * self.scale[:, None]
        own = scaled[rows] * self.diagonal[rows, None]
        return np.asarray(self.incidence[rows] @ (self.incidence.T @ scaled) - own)

    def dense(self) -> FloatMatrix:
        """The kernel itself, float32 (n_items, n_items)."""
        square = np.asarray((self.incidence @ self.incidence.T).toarray(), dtype=np.float32)
        np.fill_diagonal(square, 0.0)
        square *= self.scale
        return square

    def cells(self, rows: IndexArray, column: int) -> CellPaths:
        """Paths row -> entity -> column; a row that is the column itself has none."""
        return self.cells_of(self.links_of(rows), column)

    def links_of(self, rows: IndexArray) -> RowLinks:
        """Links of some rows, for `cells_of` of many columns."""
        return RowLinks.of(self.incidence, self.triple_of, rows)

    def cells_of(self, links: RowLinks, column: int) -> CellPaths:
        """The same as `cells`, without taking the rows out again."""
        own = slice(self.incidence.indptr[column], self.incidence.indptr[column + 1])
        own_entities = self.incidence.indices[own]
        if not own_entities.size or not links.columns.size:
            return no_paths()
        place = np.minimum(np.searchsorted(own_entities, links.columns), own_entities.size - 1)
        shared = (own_entities[place] == links.columns) & (links.rows[links.places] != column)
        keep = np.flatnonzero(shared)
        if not keep.size:
            return no_paths()
        target = place[keep]
        values = links.data[keep].astype(np.float64) * self.incidence.data[own][target]
        ends = links.triples[keep], self.triple_of[own][target]
        return CellPaths(
            links.places[keep],
            self.entity_indices[links.columns[keep]],
            np.stack(ends, axis=1),
            values * float(self.scale[column]),
        )

    def entity_columns(self, entity_index: int) -> IndexArray:
        """Local columns of a graph entity, int64; none when it plays no part here."""
        return np.flatnonzero(self.entity_indices == entity_index).astype(np.int64)

    def entity_scores(self, local_column: int) -> FloatArray:
        """What a stated interest in one entity says about all items, float32 (n_items,).

        The entity acts like one more item that has only this link: k = b_ie / (sum_i + b_ie).
        """
        scores = np.zeros(self.incidence.shape[0], dtype=np.float32)
        own = slice(self.transposed.indptr[local_column], self.transposed.indptr[local_column + 1])
        items, links = self.transposed.indices[own], self.transposed.data[own]
        scores[items] = links * inverse_sums(self.sums[items] + links)
        return scores

    def entity_triple(self, local_column: int, item_index: int) -> int:
        """The triple that links the item to the entity."""
        row = slice(self.incidence.indptr[item_index], self.incidence.indptr[item_index + 1])
        place = int(np.searchsorted(self.incidence.indices[row], local_column))
        return int(self.triple_of[row][place])


def kept_entries(matrix: sp.csr_array, kept: BoolArray) -> sp.csr_array:
    """The matrix with only the stored entries that are kept, bool (nnz,), in their order."""
    indptr = np.concatenate([[0], np.cumsum(kept)])[matrix.indptr]
    return sp.csr_array((matrix.data[kept], matrix.indices[kept], indptr), shape=matrix.shape)


def no_paths() -> CellPaths:
    """Nothing leads from anywhere to the column."""
    none = np.zeros(0, dtype=np.int64)
    return CellPaths(none, none, np.zeros((0, 2), dtype=np.int64), np.zeros(0))
