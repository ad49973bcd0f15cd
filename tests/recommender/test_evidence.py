from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from kgrec_core.graph.user_side import UserSide
from kgrec_core.recommender.contract import UNKNOWN_USER
from kgrec_core.recommender.evidence import Histories, shortened
from kgrec_core.rng import make_rng
from tests.recommender.problems import interactions_of

KNOWN = interactions_of([(0, 1), (0, 3), (1, 2)], 3, 4)
SIDE = UserSide(
    sp.csr_array(np.array([[0, 1, 0], [1, 0, 0], [0, 0, 0]], dtype=np.float32)),
    sp.csr_array(np.array([[1, 0], [0, 1], [1, 1]], dtype=np.float32)),
    ("job: writer", "age: 20s"),
)


def test_evidence_holds_history_friends_and_attributes() -> None:
    user = Histories(KNOWN, SIDE).evidence(0)
    assert user.item_indices.tolist() == [1, 3]
    assert (user.friend_indices.tolist(), user.attribute_indices.tolist()) == ([1], [0])
    assert user.user_index == 0


def test_a_cold_user_still_has_attributes() -> None:
    user = Histories(KNOWN, SIDE).evidence(2)
    assert user.item_indices.size == 0
    assert user.attribute_indices.tolist() == [0, 1]
    assert not user.is_empty


def test_a_shortened_history_is_a_part_of_the_whole_and_belongs_to_nobody() -> None:
    user = Histories(KNOWN, SIDE).evidence(0)
    short = shortened(user, 1, make_rng(0))
    assert short.item_indices.size == 1
    assert set(short.item_indices.tolist()) <= {1, 3}
    assert short.user_index == UNKNOWN_USER
    assert short.friend_indices.size == short.attribute_indices.size == 0
