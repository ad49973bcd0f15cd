#!/usr/bin/env bash
# Export both splits, train the models of kgrec and all peers on them, print the tables.
#     benchmarks/peers/run_all.sh [lightkg] [ml-100k]
# CAP: processor seconds per training; SLOW_CAP: the same for all but EASE, BPR and LightGCN. BUDGET: a further trial
# of a model begins while its trials have taken less; the cap, if not given. TRIALS: only the first settings of each
# model. KGREC_PYTHON: the interpreter of this project. Models go from quick to slow, each on all splits, so that
# a run that is stopped has lost little. Goes on where it was stopped: what is in build/peers/*/results is not trained
# again, so remove the files of a model whose code has changed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

DATA="${KGREC_BENCH_DATA:-../shared/data}"
CAP="${CAP:-600}"
SLOW_CAP="${SLOW_CAP:-$CAP}"
TRIALS="${TRIALS:-99}"
KGREC_PYTHON="${KGREC_PYTHON:-.venv/bin/python}"
export OMP_NUM_THREADS=1 DGLBACKEND=pytorch

# train CAP LIBRARY MODELS...: on all splits; nothing where the library is not installed.
train() {
    local cap="$1" library="$2" split
    shift 2
    [ -x ".venv-peers/$library/bin/python" ] || return 0
    for split in "${splits[@]}"; do
        echo "$split, at most $cap s per training of $library: $*"
        nice -n 15 ".venv-peers/$library/bin/python" -m benchmarks.peers.run_recbole --library "$library" \
            --split "build/peers/$split" --cap "$cap" --budget "${BUDGET:-$cap}" --trials "$TRIALS" --models "$@"
    done
}

[ $# -gt 0 ] || set -- lightkg ml-100k
splits=()
for name in "$@"; do
    case "$name" in
    lightkg) folder="$DATA/lastfm-2k/lightkg" options=(--split given) ;;
    ml-100k) folder="$DATA/ml-100k/recbole" options=(--split random --test 0.2 --validation 0.1 --seed 7) ;;
    *) echo "There is no split '$name'; choose lightkg or ml-100k." >&2 && exit 1 ;;
    esac
    if [ ! -e "$folder" ]; then
        echo "$folder is not here; see benchmarks/README.md." >&2
        continue
    fi
    "$KGREC_PYTHON" -m benchmarks.peers.export_split --data "$folder" --out "build/peers/$name" "${options[@]}"
    splits+=("$name")
done

for split in "${splits[@]}"; do
    nice -n 15 "$KGREC_PYTHON" -m benchmarks.peers.run_kgrec --split "build/peers/$split"
done
train "$CAP" recbole EASE BPR LightGCN
train "$SLOW_CAP" hopwise TransE KGAT
train "$SLOW_CAP" recbole KGIN KGCN CKE RippleNet
train "$SLOW_CAP" recbole MCCLK
for split in "${splits[@]}"; do
    "$KGREC_PYTHON" -m benchmarks.peers.measure --split "build/peers/$split" --reference kgrec:fusion \
        --json "build/peers/$split/table.json"
done
