"""A real data set, read and split, ready to fit on."""

from __future__ import annotations

import tempfile
from pathlib import Path

from real_data import SOURCES, data_root

from kgrec_core.config import SplitSettings, TrainSettings
from kgrec_core.pipeline.importing import import_path, read_mapping
from kgrec_core.pipeline.inputs import RunInputs, prepare_inputs
from kgrec_core.storage.workspace import Workspace

__all__ = ["real_inputs"]


def real_inputs(name: str, split: SplitSettings) -> RunInputs | None:
    """Inputs without texts from a workspace that is thrown away; None when the data is absent."""
    with tempfile.TemporaryDirectory() as folder:
        source = SOURCES[name].folder(data_root(), Path(folder))
        if source is None:
            print(f"{name} is not in {data_root()}")
            return None
        workspace = Workspace(Path(folder) / "workspace")
        workspace.open()
        mapping = source / "mapping.json"
        found = read_mapping(mapping) if mapping.exists() else None
        dataset = import_path(workspace, source, name=name, mapping=found).dataset
        settings = TrainSettings(split=split, text_model="none")
        inputs = prepare_inputs(workspace, dataset.fingerprint, settings)
        workspace.close()
    return inputs
