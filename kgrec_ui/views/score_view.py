"""Everything that the screen says about one score, made once and kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from kgrec_core.explanation.attention import UnitSpread
from kgrec_core.explanation.names import Names
from kgrec_core.explanation.reasons import reasons
from kgrec_core.pipeline.seed_twins import AttentionWorth
from kgrec_core.recommender.contract import EvidenceUnit, PairExplanation, UserEvidence
from kgrec_ui.theme import format_score, format_signed
from kgrec_ui.views.attention_view import (
    AttentionView,
    ModalityView,
    attention_view,
    modality_view,
    uniform_shares,
)
from kgrec_ui.views.explanation_view import contribution_table, is_in_one_piece
from kgrec_ui.views.path_shapes import PathView
from kgrec_ui.views.path_view import path_table, path_view
from kgrec_ui.views.slot_view import slot_table
from kgrec_ui.views.waterfall_view import WaterfallView, reason_waterfall_view, waterfall_view

__all__ = ["ReasonLine", "ScoreView", "score_view"]

N_REASONS = 5
WHOLE_PROFILE = (
    "This model learns one vector for the user as a whole and cannot be taken apart further: the "
    "score is the bias of the item and one number for the whole profile. Which past choices, links "
    "or words brought it about cannot be told. A run of Fusion tells them."
)
POPULAR_ALONE = (
    "Nothing that is known about this user speaks for or against this item. The score is its bias "
    "alone: how popular it is with everybody."
)
NOTHING_SPEAKS = (
    "Nothing that is known about this user speaks for or against this item, and this model gives "
    "no item a start. The score is 0, so its place in a list means nothing."
)


@dataclass(frozen=True)
class ReasonLine:
    """One reason as it is read: its part of the score, and a sentence."""

    value: str
    text: str


@dataclass(frozen=True)
class ScoreView:
    """One pair (user, item).

    Attributes:
        item_id: id of the item.
        item_label: its name.
        user_label: who it is about.
        score: as text; so is `bias`.
        reasons: the strongest reasons in words; long names are cut, `slots` has them whole.
        by_reason: from bias to score, contributions that say the same put together.
        by_contribution: from bias to score, every contribution for itself.
        attention: over the evidence.
        modalities: gate and share of each.
        paths: through the knowledge graph, placed for drawing.
        path_rows: every path as a row.
        contributions: every contribution as a row.
        note: said above all when the model cannot be taken apart further; "" otherwise.
        slots: what stands behind each name in the sentences.
        silence: what to say where no reason can be named; "" otherwise.
    """

    item_id: str
    item_label: str
    user_label: str
    score: str
    bias: str
    reasons: tuple[ReasonLine, ...]
    by_reason: WaterfallView
    by_contribution: WaterfallView
    attention: AttentionView
    modalities: ModalityView
    paths: PathView
    path_rows: pl.DataFrame
    contributions: pl.DataFrame
    note: str
    slots: pl.DataFrame
    silence: str = ""


def score_view(
    explanation: PairExplanation,
    names: Names,
    evidence: UserEvidence,
    *,
    user_label: str,
    spread: Mapping[EvidenceUnit, UnitSpread] | None = None,
    worth: AttentionWorth | None = None,
) -> ScoreView:
    """All parts of the explanation section for one pair.

    Args:
        explanation: the score taken apart.
        names: looks up labels.
        evidence: what is known about the user.
        user_label: who it is about.
        spread: attention over runs with other seeds, where there are some.
        worth: what attention brings in accuracy, where that was measured.
    """
    known = (
        evidence.item_indices,
        evidence.entity_indices,
        evidence.friend_indices,
        evidence.attribute_indices,
    )
    n_units = sum(part.size for part in known) + len(evidence.texts)
    told = reasons(explanation, names, most=N_REASONS)
    spoken = reasons(explanation, names.brief(), most=N_REASONS)
    return ScoreView(
        names.item_ids[explanation.item_index],
        names.item(explanation.item_index),
        user_label,
        format_score(explanation.score),
        format_score(explanation.bias),
        tuple(ReasonLine(format_signed(reason.value), reason.text) for reason in spoken),
        reason_waterfall_view(explanation, names),
        waterfall_view(explanation, names),
        attention_view(
            explanation,
            names,
            n_units=n_units,
            uniform=uniform_shares(evidence),
            spread=spread,
            worth=worth,
        ),
        modality_view(explanation),
        path_view(explanation, names, user_label=user_label),
        path_table(explanation, names),
        contribution_table(explanation, names),
        WHOLE_PROFILE if is_in_one_piece(explanation) else "",
        slot_table(told, explanation, names),
        "" if told else POPULAR_ALONE if explanation.bias else NOTHING_SPEAKS,
    )
