# Shared by the set-up scripts: start with `source`, from any folder.
# shellcheck shell=bash

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

LOG_FOLDER="build/logs"
VENV_PYTHON=".venv/bin/python"

# Nothing of ours may look for models or send statistics over the network.
export HF_HUB_OFFLINE=1
export STREAMLIT_BROWSER_GATHER_USAGE_STATS=false

say() {
    printf 'kgrec: %s\n' "$*"
}

fail() {
    printf 'kgrec: %s\n' "$*" >&2
    exit 1
}

# run_logged NAME "WHAT IS DONE" "WHAT TO TRY" COMMAND...: quiet when it works, one line when it does not.
run_logged() {
    local name="$1" what="$2" advice="$3"
    shift 3
    local log="$LOG_FOLDER/$name.log"
    mkdir -p "$LOG_FOLDER"
    say "$what ..."
    if ! "$@" >"$log" 2>&1 </dev/null; then
        fail "$what failed; log: $log; $(cause_in "$log")try: $advice"
    fi
}

# The two causes that people meet most, told in words.
cause_in() {
    if grep -qi 'no space left' "$1"; then
        printf 'cause: the disk is full; '
    elif grep -qiE 'name resolution|connection (error|refused|broken)|network is unreachable|timed out' "$1"; then
        printf 'cause: the package server was not reached; '
    fi
}
