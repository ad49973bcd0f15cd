"""The stand-ins for torch_scatter do what it does, and are offered only where it is absent."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import ModuleType

import pytest
import torch

from benchmarks.peers.scatter import MODULE, offer, scatter_mean, scatter_softmax

SRC = torch.tensor([[1.0, 4.0], [3.0, 0.0], [5.0, 2.0], [-80.0, 90.0]])
INDEX = torch.tensor([2, 0, 2, 0])


@pytest.fixture
def _no_module(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delitem(sys.modules, MODULE, raising=False)
    yield
    sys.modules.pop(MODULE, None)


def test_the_mean_is_that_of_the_rows_of_a_group_and_an_empty_group_is_zero() -> None:
    expected = torch.tensor([[-38.5, 45.0], [0.0, 0.0], [3.0, 3.0], [0.0, 0.0]])

    torch.testing.assert_close(scatter_mean(SRC, INDEX, dim=0, dim_size=4), expected)


def test_without_a_size_there_are_as_many_groups_as_the_largest_index_needs() -> None:
    assert scatter_mean(SRC, INDEX).shape == (3, 2)


def test_the_softmax_is_that_of_the_rows_of_each_group() -> None:
    found = scatter_softmax(SRC, INDEX, dim=0)

    for group in (0, 2):
        rows = group == INDEX
        torch.testing.assert_close(found[rows], SRC[rows].softmax(dim=0))


def test_large_values_do_not_overflow() -> None:
    found = scatter_softmax(torch.tensor([[1000.0], [1000.0]]), torch.tensor([0, 0]))

    assert found.tolist() == [[0.5], [0.5]]


def test_gradients_are_those_of_a_softmax_and_a_mean_per_group() -> None:
    src = SRC.double().clamp(-3, 3).requires_grad_()

    assert torch.autograd.gradcheck(lambda rows: scatter_softmax(rows, INDEX, dim=0), src)
    assert torch.autograd.gradcheck(lambda rows: scatter_mean(rows, INDEX, dim=0), src)


def test_another_dimension_is_refused() -> None:
    with pytest.raises(ValueError, match="dimension 0"):
        scatter_mean(SRC, INDEX, dim=1)


@pytest.mark.usefixtures("_no_module")
def test_the_functions_are_found_under_the_name_of_the_absent_module() -> None:
    offered = offer()

    from torch_scatter import scatter_mean as found

    assert offered
    assert found is scatter_mean


@pytest.mark.usefixtures("_no_module")
def test_a_module_that_is_there_is_left_alone() -> None:
    real = ModuleType(MODULE)
    sys.modules[MODULE] = real

    assert not offer()
    assert sys.modules[MODULE] is real
