#!/usr/bin/env bash
# Set up, prepare the sample data, start the app on this machine only.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

PORT="${PORT:-8501}"

bash scripts/setup.sh
if ! "$VENV_PYTHON" scripts/port_is_free.py "$PORT"; then
    fail "Port $PORT cannot be used (taken, or not a port); choose another one: make app PORT=8502"
fi
bash scripts/sample.sh
say "Open http://127.0.0.1:$PORT in a browser; stop with Ctrl+C."
exec "$VENV_PYTHON" -m streamlit run app.py \
    --server.address 127.0.0.1 --server.port "$PORT" --server.headless true --browser.gatherUsageStats false
