"""The link test on MovieLens 100K: it must condemn the wrong link file and acquit the right one.

    .venv/bin/python benchmarks/kg_signal.py

`ml-100k.link`, as two libraries ship it, is keyed by the ids of another edition of MovieLens;
`ml-100k.link.relinked` is right.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from real_data import data_root

from kgrec_core.pipeline.importing import import_path
from kgrec_core.pipeline.kg_signal import SignalSettings, measure_signal
from kgrec_core.storage.workspace import Workspace

LINKS = ("ml-100k.link", "ml-100k.link.relinked")


def main() -> None:
    """One import and one test per link file."""
    source = data_root() / "ml-100k" / "recbole"
    if not source.is_dir():
        print("ml-100k is not in", data_root())
        return
    print("| link file | links of | NDCG@20 | scrambled (95 %) | p | verdict |")
    print("|---|---|---|---|---|---|")
    for link in LINKS:
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "ml-100k"
            copy.mkdir()
            for kind in ("inter", "item", "user", "kg"):
                shutil.copyfile(source / f"ml-100k.{kind}", copy / f"ml-100k.{kind}")
            shutil.copyfile(source / link, copy / "ml-100k.link")
            workspace = Workspace(Path(folder) / "workspace")
            workspace.open()
            dataset = import_path(workspace, copy, name="ml-100k").dataset
            settings = SignalSettings(max_relations=0)
            result = measure_signal(workspace, dataset.fingerprint, settings)
            workspace.close()
        for part in result.sources:
            span = f"{part.scrambled:.4f} ({part.scrambled_low:.4f} to {part.scrambled_high:.4f})"
            print(
                f"| {link} | {part.name} | {part.value:.4f} | {span} | {part.p_value:.2f} "
                f"| {part.verdict} |"
            )
        print(f"| {link} | all together | | | | has signal: {result.has_signal} |", flush=True)


if __name__ == "__main__":
    main()
