#!/usr/bin/env bash
# Put each peer into a virtual environment of its own, .venv-peers/NAME; never into that of the project.
#     benchmarks/peers/setup.sh [recbole] [hopwise]
# PYTHON names the interpreter (3.11); what is installed already is kept. KGIN and MCCLK take the functions of
# torch_scatter from scatter.py; WITH_SCATTER=1 compiles the module itself, which takes very long.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

PYTHON="${PYTHON:-python3.11}"
TORCH="torch==2.13.0"

# make_venv NAME: an environment with torch, which has to come first so that nothing brings another one.
make_venv() {
    local folder=".venv-peers/$1"
    if ! "$folder/bin/python" -c 'import torch' 2>/dev/null; then
        "$PYTHON" -m venv "$folder"
        "$folder/bin/pip" install --quiet "$TORCH"
    fi
}

# scatter NAME: torch_scatter has no wheel for this torch; it is compiled against the one installed.
scatter() {
    local pip=".venv-peers/$1/bin/pip"
    if [ -z "${WITH_SCATTER:-}" ] || "$pip" show --quiet torch_scatter 2>/dev/null; then
        return
    fi
    "$pip" install --quiet wheel
    MAX_JOBS="${MAX_JOBS:-1}" nice -n 15 "$pip" install --quiet --no-build-isolation torch_scatter==2.1.2 ||
        echo "torch_scatter did not compile; scatter.py stands in for it." >&2
}

recbole() {
    make_venv recbole
    .venv-peers/recbole/bin/pip install --quiet recbole==1.2.1
    # RecBole uses names that later versions of these have removed.
    .venv-peers/recbole/bin/pip install --quiet 'setuptools<81' 'numpy<2' 'pandas<2.3' 'scipy<1.13'
    scatter recbole
}

hopwise() {
    make_venv hopwise
    # Its KGAT builds the graph with dgl; 1.1.3 is the last one that needs no torch of its own.
    .venv-peers/hopwise/bin/pip install --quiet hopwise==0.9.1 dgl==1.1.3
}

[ $# -gt 0 ] || set -- recbole hopwise
for name in "$@"; do
    case "$name" in
    recbole | hopwise) "$name" ;;
    *) echo "There is no peer '$name'; choose recbole or hopwise." >&2 && exit 1 ;;
    esac
    echo "$name is in .venv-peers/$name."
done
