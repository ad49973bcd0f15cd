#!/usr/bin/env bash
# Fill the workspace with the sample data and a trained model; does nothing when both are there.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

"$VENV_PYTHON" scripts/prepare_sample.py
