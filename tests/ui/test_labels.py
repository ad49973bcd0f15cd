from __future__ import annotations

from kgrec_core.config import MODEL_NAMES, SplitSettings
from kgrec_ui.views.labels import MODEL_HELP, SPLIT_HELP, metric_name, model_name, split_name


def test_every_model_and_split_has_words() -> None:
    for model in MODEL_NAMES:
        assert model_name(model) != model
        assert MODEL_HELP[model]
    for split in SplitSettings.model_fields["name"].annotation.__args__:
        assert split_name(split) != split
        assert SPLIT_HELP[split]


def test_metrics_keep_their_cutoff() -> None:
    assert metric_name("ndcg@20") == "NDCG@20"
    assert metric_name("validation ndcg") == "NDCG on the validation part"
    assert metric_name("loss") == "loss"
