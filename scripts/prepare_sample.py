"""Import the sample films, build their graph and train the model: whatever is not there yet.

Each step is stored as a whole or not at all, so the script may be stopped and run again.
"""

from __future__ import annotations

import sys
from pathlib import Path

from kgrec_core.errors import KgrecError
from kgrec_core.storage.workspace import Workspace, workspace_root

SAMPLE_FOLDER = Path(__file__).resolve().parent.parent / "sample_data" / "movies"
SAMPLE_NAME = "Movies (sample)"


def main() -> int:
    """Do what is missing.

    Returns:
        Exit status: 0 when the sample is ready, 1 after a problem told on stderr, 130 when stopped.
    """
    workspace = Workspace(workspace_root())
    try:
        if not any(run.dataset_name == SAMPLE_NAME for run in workspace.runs()):
            prepare(workspace)
    except KgrecError as error:
        print(f"kgrec: the sample data could not be prepared: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        say("Stopped. What is finished stays; run the command again to go on.")
        return 130
    return 0


def prepare(workspace: Workspace) -> None:
    """Import, build, train; an import of unchanged files is recognised and not kept twice."""
    # Imported late: the usual case, where all is there, should not wait for torch.
    from kgrec_core.config import TrainSettings
    from kgrec_core.pipeline.importing import import_path, read_mapping
    from kgrec_core.pipeline.training import train

    say("Importing the sample films ...")
    mapping = read_mapping(SAMPLE_FOLDER / "mapping.json")
    imported = import_path(workspace, SAMPLE_FOLDER, name=SAMPLE_NAME, mapping=mapping)
    counts = imported.counts
    say(", ".join(f"{counts[part]} {part}" for part in ("users", "items", "interactions")) + ".")
    say("Reading the texts, training the model ...")
    run = train(workspace, imported.dataset.fingerprint, TrainSettings())
    say(f"Trained run {run.run_id} in {sum(run.seconds.values()):.0f} s.")


def say(line: str) -> None:
    """One line for the person who waits."""
    print(f"kgrec: {line}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
