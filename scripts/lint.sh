#!/usr/bin/env bash
# Style and types.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

"$VENV_PYTHON" -m ruff check .
"$VENV_PYTHON" -m ruff format --check .
"$VENV_PYTHON" -m mypy --strict
