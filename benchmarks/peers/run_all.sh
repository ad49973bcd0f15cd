#!/usr/bin/env bash
# Export both splits, train all peers and the models of kgrec on them, print the tables.
#     benchmarks/peers/run_all.sh [ml-100k] [lightkg]
# CAP: processor seconds per training. TRIALS: only the first N settings of each model. KGREC_PYTHON: the
# interpreter of this project. Goes on where it was stopped: what is in build/peers/*/results is not trained
# again, so remove the files of a model whose code has changed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

DATA="${KGREC_BENCH_DATA:-../shared/data}"
CAP="${CAP:-600}"
TRIALS="${TRIALS:-99}"
KGREC_PYTHON="${KGREC_PYTHON:-.venv/bin/python}"
export OMP_NUM_THREADS=1 DGLBACKEND=pytorch

# on_split NAME FOLDER EXPORT-OPTIONS...
on_split() {
    local out="build/peers/$1" data="$2"
    shift 2
    if [ ! -e "$data" ]; then
        echo "$data is not here; see benchmarks/README.md." >&2
        return
    fi
    "$KGREC_PYTHON" -m benchmarks.peers.export_split --data "$data" --out "$out" "$@"
    for library in recbole hopwise; do
        if [ -x ".venv-peers/$library/bin/python" ]; then
            nice -n 15 ".venv-peers/$library/bin/python" -m benchmarks.peers.run_recbole \
                --library "$library" --split "$out" --cap "$CAP" --trials "$TRIALS"
        fi
    done
    nice -n 15 "$KGREC_PYTHON" -m benchmarks.peers.run_kgrec --split "$out"
    "$KGREC_PYTHON" -m benchmarks.peers.measure --split "$out" --reference kgrec:fusion \
        --json "$out/table.json"
}

[ $# -gt 0 ] || set -- ml-100k lightkg
for name in "$@"; do
    case "$name" in
    ml-100k) on_split ml-100k "$DATA/ml-100k/recbole" --split random --test 0.2 --validation 0.1 --seed 7 ;;
    lightkg) on_split lightkg "$DATA/lastfm-2k/lightkg" --split given ;;
    *) echo "There is no split '$name'; choose ml-100k or lightkg." >&2 && exit 1 ;;
    esac
done
