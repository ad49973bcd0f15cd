"""Curves of a run as TensorBoard event files, written after the fit from its progress log.

TensorFlow is not needed: an event file is a row of length-prefixed protocol buffers, and
tensorboard brings both the messages and the writer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tensorboard.compat.proto.event_pb2 import Event

__all__ = ["FOLDER_NAME", "write_tensorboard"]

FOLDER_NAME = "tensorboard"
FILE_NAME = "events.out.tfevents.{seconds}.kgrec"
"""TensorBoard reads files with "tfevents" in their name."""
FILE_VERSION = "brain.Event:2"
UNUSUAL = re.compile(r"[^\w@.]+")


def write_tensorboard(
    folder: Path,
    lines: Sequence[Mapping[str, Any]],
    *,
    started_at: float,
    settings: Mapping[str, Any],
    seconds: Mapping[str, float],
    metrics: Mapping[str, float],
    validation_metrics: Mapping[str, float],
) -> Path:
    """One event file in `folder`/tensorboard.

    Tags are "stage/metric" for what was reported on the way ("choosing_settings/
    validation_ndcg@20", the step is the unit of the stage), "test/ndcg@20", "validation/..." and
    "seconds/fit" for what came out, and the text "settings".

    Args:
        folder: of the run.
        lines: what `ProgressLog` kept.
        started_at: when the log began, seconds since 1970.
        settings: of the run.
        seconds: wall-clock time by stage.
        metrics: on the test part.
        validation_metrics: on the validation part.

    Returns:
        The file.
    """
    ended_at = started_at + (lines[-1]["seconds"] if lines else 0.0)
    events = _reported(lines, started_at)
    groups = {"test": metrics, "validation": validation_metrics, "seconds": seconds}
    for group, values in groups.items():
        events += [
            _scalar(f"{group}/{_tag(name)}", 0, value, ended_at) for name, value in values.items()
        ]
    events.append(_text("settings", _as_table(settings), ended_at))
    target = folder / FOLDER_NAME
    target.mkdir()
    path = target / FILE_NAME.format(seconds=int(started_at))
    _write(path, events, started_at)
    return path


def _reported(lines: Sequence[Mapping[str, Any]], started_at: float) -> list[Event]:
    """One scalar per value; the steps of a tag rise even where a stage is passed twice."""
    steps: dict[str, int] = {}
    events = []
    for line in lines:
        for name, value in line["metrics"].items():
            tag = f"{_tag(line['stage'])}/{_tag(name)}"
            steps[tag] = max(int(line["done"]), steps.get(tag, -1) + 1)
            events.append(_scalar(tag, steps[tag], value, started_at + line["seconds"]))
    return events


def _tag(words: str) -> str:
    return UNUSUAL.sub("_", words.strip().lower())


def _as_table(settings: Mapping[str, Any]) -> str:
    """Settings as a Markdown table; those of the model have a row each."""
    rows = {name: value for name, value in settings.items() if not isinstance(value, Mapping)}
    for name, value in settings.items():
        if isinstance(value, Mapping):
            rows |= {f"{name}.{key}": inner for key, inner in value.items()}
    told = [f"| {name} | {value} |" for name, value in rows.items()]
    return "\n".join(["| setting | value |", "|---|---|", *told])


def _scalar(tag: str, step: int, value: float, when: float) -> Event:
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary

    told = Summary(value=[Summary.Value(tag=tag, simple_value=float(value))])
    return Event(wall_time=when, step=step, summary=told)


def _text(tag: str, text: str, when: float) -> Event:
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary, SummaryMetadata
    from tensorboard.compat.proto.tensor_pb2 import TensorProto
    from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto
    from tensorboard.compat.proto.types_pb2 import DT_STRING

    shape = TensorShapeProto(dim=[TensorShapeProto.Dim(size=1)])
    tensor = TensorProto(dtype=DT_STRING, string_val=[text.encode()], tensor_shape=shape)
    kind = SummaryMetadata(plugin_data=SummaryMetadata.PluginData(plugin_name="text"))
    told = Summary(value=[Summary.Value(tag=tag, tensor=tensor, metadata=kind)])
    return Event(wall_time=when, step=0, summary=told)


def _write(path: Path, events: Sequence[Event], started_at: float) -> None:
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.summary.writer.record_writer import RecordWriter

    with path.open("wb") as file:
        writer = RecordWriter(file)
        for event in [Event(wall_time=started_at, file_version=FILE_VERSION), *events]:
            writer.write(event.SerializeToString())
