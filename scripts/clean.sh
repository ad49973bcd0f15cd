#!/usr/bin/env bash
# Remove what the set-up and the tools made; never the workspace.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .hypothesis kgrec.egg-info
find . -name __pycache__ -type d -prune -exec rm -rf {} +
say "Removed .venv, caches and logs. The workspace is untouched."
