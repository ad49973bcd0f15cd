#!/usr/bin/env bash
# Everything that must hold before a change is handed in: style, types, all tests.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

bash scripts/setup.sh
bash scripts/chromium.sh
bash scripts/lint.sh
# Small matrices on shared cores run slower with more threads than with one.
export OMP_NUM_THREADS="${OMP_NUM_THREADS:-1}"
# Unquoted on purpose: PYTEST_ARGS holds several words.
# shellcheck disable=SC2086
exec "$VENV_PYTHON" -m pytest ${PYTEST_ARGS:---numprocesses 2 --dist loadfile}
