"""What a split is; `splitting` makes them."""

from __future__ import annotations

from dataclasses import dataclass

from kgrec_core.contracts import BoolArray, IndexArray
from kgrec_core.data.interactions import Interactions

__all__ = ["Split"]


@dataclass(frozen=True)
class Split:
    """Interactions cut into three parts over the same vocabularies.

    Attributes:
        name: "random", "leave-last-out", "temporal", "cold-items", "cold-users" or "given".
        train: what models are fitted on.
        validation: what settings are chosen on; may be empty.
        test: what is reported; never seen by fitting or choosing.
    """

    name: str
    train: Interactions
    validation: Interactions
    test: Interactions

    def cold_items(self) -> BoolArray:
        """True for items without training or validation interactions, shape (n_items,)."""
        counts = self.train.item_counts() + self.validation.item_counts()
        cold: BoolArray = counts == 0
        return cold

    def cold_users(self) -> BoolArray:
        """True for users without training or validation interactions, shape (n_users,)."""
        counts = self.train.user_counts() + self.validation.user_counts()
        cold: BoolArray = counts == 0
        return cold

    def fitting(self) -> Interactions:
        """Training and validation together: what the final model is fitted on."""
        return self.train.joined(self.validation)

    def relevant_by_user(self) -> dict[int, IndexArray]:
        """Held-out test items of each user who has any: user_index -> item indices."""
        positions = self.test.positions_by_user()
        return {
            user_index: self.test.item_indices[found]
            for user_index, found in enumerate(positions)
            if found.size
        }
