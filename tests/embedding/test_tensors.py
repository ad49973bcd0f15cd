from __future__ import annotations

import numpy as np
import scipy.sparse as sp
import torch
from hypothesis import given
from hypothesis import strategies as st

from kgrec_core.embedding.tensors import sparse_tensor


@given(st.integers(1, 5), st.integers(1, 5), st.data())
def test_the_tensor_holds_the_same_numbers(
    n_rows: int, n_columns: int, data: st.DataObject
) -> None:
    cells = st.sampled_from([0.0, 0.0, 1.5, -2.0])
    rows = st.lists(cells, min_size=n_columns, max_size=n_columns)
    dense = np.array(data.draw(st.lists(rows, min_size=n_rows, max_size=n_rows)), dtype=np.float32)
    found = sparse_tensor(sp.csr_array(dense), torch.device("cpu"))
    assert found.layout == torch.sparse_csr
    np.testing.assert_array_equal(found.to_dense().numpy(), dense)


def test_it_multiplies_without_a_warning() -> None:
    matrix = sparse_tensor(sp.csr_array(np.eye(3, dtype=np.float32)), torch.device("cpu"))
    assert (matrix @ torch.ones((3, 1))).tolist() == [[1.0], [1.0], [1.0]]
