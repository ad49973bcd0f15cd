#!/usr/bin/env bash
# Pictures of all pages, taken from the sample workspace.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

bash scripts/chromium.sh
exec "$VENV_PYTHON" -m scripts.screenshots
