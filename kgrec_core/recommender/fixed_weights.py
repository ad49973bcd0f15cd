"""A fusion model whose weights over one user's evidence stay as they are when evidence goes.

Attention sums to 1 and gates depend on how much is known, so taking a choice out of a history also
makes the others louder. With these weights held fixed only the term of that choice goes. The scores
come from the same matrix products as ever, not from the explanation.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from kgrec_core.contracts import FloatArray
from kgrec_core.recommender.attention import Attention
from kgrec_core.recommender.channels.channel import Arrays, Voices
from kgrec_core.recommender.contract import UserEvidence
from kgrec_core.recommender.fusion_model import FusionModel
from kgrec_core.recommender.gating import GatedChannel

__all__ = ["fixed_weights"]


def fixed_weights(model: FusionModel, user: UserEvidence) -> FusionModel:
    """The model with attention, gates and starting values of `user`, whatever is left of him.

    Args:
        model: fitted.
        user: the whole evidence. The result only scores this user without some items, entities,
            friends or attributes; taken-out words would move the others to other places.
    """
    channels = tuple(_fixed_channel(part, user) for part in model.channels)
    own = model.attention
    attention = _FixedAttention(
        own.parameters, own.item_scale, own.mean_weight, own.typical_scale, own, user
    )
    return dataclasses.replace(model, attention=attention, channels=channels)


@dataclass(frozen=True)
class _FixedAttention(Attention):
    """Attention of the whole user, cut down to what is left."""

    own: Attention
    whole: UserEvidence

    def of_user(self, user: UserEvidence) -> tuple[FloatArray, float]:
        """What is left, as loud as before, and the scale of the whole user."""
        weights, scale = self.own.of_user(self.whole)
        items = np.isin(self.whole.item_indices, user.item_indices)
        entities = np.isin(self.whole.entity_indices, user.entity_indices)
        texts = np.arange(len(self.whole.texts)) < len(user.texts)
        return weights[np.concatenate([items, entities, texts])], scale

    def cold_share(self, user: UserEvidence) -> float:
        """That of the whole user."""
        return self.own.cold_share(self.whole)


@dataclass(frozen=True)
class _FixedListener:
    """Voices of the whole user, cut down to what is left."""

    voices_of_all: Voices

    def voices(self, user: UserEvidence) -> Voices:
        """What is left, as loud as before."""
        whole = self.voices_of_all
        left = {
            "item": user.item_indices,
            "friend": user.friend_indices,
            "attribute": user.attribute_indices,
        }.get(whole.kind, whole.indices)
        kept = np.isin(whole.indices, left)
        return Voices(whole.kind, whole.indices[kept], whole.strengths[kept])

    def arrays(self) -> Arrays:
        """Nothing: it is never saved."""
        return {}


@dataclass(frozen=True)
class _FixedChannel(GatedChannel):
    """As loud as for the whole user, also when nothing is left."""

    fixed: float = 0.0

    def loudness(self, n_voices: int) -> float:
        """The gate of the whole user."""
        return self.fixed


def _fixed_channel(part: GatedChannel, user: UserEvidence) -> GatedChannel:
    voices = part.channel.listener.voices(user)
    channel = dataclasses.replace(part.channel, listener=_FixedListener(voices))
    fixed = part.loudness(voices.indices.size)
    return _FixedChannel(channel, part.gate, part.prior, fixed)
