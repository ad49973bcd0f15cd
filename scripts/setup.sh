#!/usr/bin/env bash
# Create .venv and install the pinned packages; does nothing when they are there already.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

STAMP=".venv/kgrec-setup.stamp"
PIP_ADVICE="check the network and PIP_INDEX_URL, then run 'make setup' again; finished downloads are kept"

# The first Python from 3.11 on; PYTHON=... overrides the choice.
find_python() {
    local candidate
    for candidate in ${PYTHON:+"$PYTHON"} python3 python3.11 python3.12 python3.13 python3.14; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    if command -v python3 >/dev/null; then
        fail "Python 3.11 or newer is needed, but python3 is $(python3 -V 2>&1 | cut -d' ' -f2); install a newer one or name it: make setup PYTHON=/path/to/python3.11"
    fi
    fail "Python 3.11 or newer is needed, but there is no python3; on Debian: apt-get install python3 python3-venv"
}

# Changes when the packages, the folder or the interpreter of .venv change. Printed from .venv itself.
expected_stamp() {
    "$VENV_PYTHON" - <<'PYTHON' 2>/dev/null
import hashlib, pathlib, sys
parts = [pathlib.Path(name).read_bytes() for name in ("pyproject.toml", "constraints.txt")]
parts += [str(pathlib.Path.cwd()).encode(), sys.version.encode()]
print(hashlib.sha256(b"\0".join(parts)).hexdigest())
PYTHON
}

is_current() {
    [ -f "$STAMP" ] && [ "$(cat "$STAMP")" = "$(expected_stamp)" ]
}

create_venv() {
    local python
    python="$(find_python)"
    if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
        fail "this Python cannot make virtual environments (venv or ensurepip is missing); on Debian: apt-get install python3-venv"
    fi
    rm -rf .venv
    run_logged venv "Creating .venv" "remove .venv and run 'make setup' again" "$python" -m venv .venv
}

install_packages() {
    local torch_pin
    torch_pin="$(grep '^torch==' constraints.txt)"
    run_logged pip-torch "Installing $torch_pin (the largest part; minutes on a slow line)" "$PIP_ADVICE" \
        "$VENV_PYTHON" -m pip install --disable-pip-version-check -c constraints.txt "$torch_pin"
    run_logged pip-packages "Installing the other packages" "$PIP_ADVICE" \
        "$VENV_PYTHON" -m pip install --disable-pip-version-check -c constraints.txt -e ".[dev]"
}

if is_current; then
    exit 0
fi
if ! "$VENV_PYTHON" -m pip --version >/dev/null 2>&1; then
    create_venv
fi
install_packages
expected_stamp >"$STAMP"
say "Packages are in place (.venv)."
