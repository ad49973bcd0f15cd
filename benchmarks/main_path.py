"""Measures the main path on MovieLens latest-small: import to explanation, with targets.

    .venv/bin/python benchmarks/main_path.py [--data DIR] [--json FILE] [--text-model minilm|none]

The data folder is the one that KGREC_BENCH_DATA names, else `shared/data` beside the project.
Import and training run in one fresh process, the answers in another and the pages in a third, so
peak memory is that of each process alone.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

N_USERS = 200
N_NEWCOMERS = 50
N_WARM_UP = 10
K = 10
SEED = 0

N_RERUNS = 10
TARGETS: dict[str, tuple[str, Callable[[float], bool]]] = {
    "import and train, whole, s": ("<= 240", lambda value: value <= 240),
    "peak memory of import and train, MB": ("< 3000", lambda value: value < 3000),
    "recommend p95, ms": ("<= 50", lambda value: value <= 50),
    "explain p95, ms": ("<= 100", lambda value: value <= 100),
    "largest residual, users": ("< 1e-5", lambda value: value < 1e-5),
    "largest residual, newcomers": ("< 1e-5", lambda value: value < 1e-5),
    "ndcg@20 fusion - EASE": (">= 0", lambda value: value >= 0),
    "slowest page rerun, ms": ("<= 500", lambda value: value <= 500),
}


def find_data(given: str | None) -> Path | None:
    """The folder of ml-latest-small, None when there is none."""
    usual = [os.environ.get("KGREC_BENCH_DATA"), str(PROJECT.parent / "shared" / "data")]
    for place in filter(None, [given] if given else usual):
        for folder in (Path(place) / "ml-latest-small", Path(place)):
            if any(folder.glob("**/ratings.csv")):
                return folder
    return None


def measure_training(data: Path, root: Path, text_model: str) -> dict[str, float]:
    """Import, graph, text vectors with a cold cache, fit and test, in this process."""
    start = time.perf_counter()
    from kgrec_core.config import TrainSettings
    from kgrec_core.pipeline.importing import import_path
    from kgrec_core.pipeline.measuring import peak_memory_mb
    from kgrec_core.pipeline.training import train
    from kgrec_core.storage.workspace import Workspace

    workspace = Workspace(root, f"sqlite:///{root / 'kgrec.db'}")
    loaded = time.perf_counter()
    result = import_path(workspace, data, name="ml-latest-small")
    imported = time.perf_counter()
    settings = TrainSettings(text_model=text_model, seed=SEED)
    record = train(workspace, result.dataset.fingerprint, settings)
    end = time.perf_counter()
    workspace.close()
    return {
        "start of the program, s": loaded - start,
        "import with graph, s": imported - loaded,
        **{f"train: {stage}, s": seconds for stage, seconds in record.seconds.items()},
        "train, whole, s": end - imported,
        "import and train, whole, s": end - start,
        "peak memory of import and train, MB": peak_memory_mb(),
    }


def measure_answers(root: Path) -> dict[str, float]:
    """Speed and exactness of answers in a warm process, accuracy against EASE."""
    from kgrec_core.pipeline.evaluating import baseline_results, evaluate_run
    from kgrec_core.pipeline.loaded_run import load_run
    from kgrec_core.pipeline.measuring import peak_memory_mb
    from kgrec_core.rng import make_rng
    from kgrec_core.storage.workspace import Workspace

    workspace = Workspace(root, f"sqlite:///{root / 'kgrec.db'}")
    run_id = workspace.resolve_run("active").run_id
    start = time.perf_counter()
    run = load_run(workspace, run_id)
    found = {"load a run, s": time.perf_counter() - start}
    rng = make_rng(SEED)
    n_users = run.dataset.n_users
    users = rng.choice(n_users, min(N_USERS, n_users), replace=False).astype(int)
    found |= measure_users(run, users.tolist())
    found["largest residual, newcomers"] = largest_newcomer_residual(run, rng)
    found["peak memory of answers, MB"] = peak_memory_mb()
    found |= compare_with_ease(
        evaluate_run(workspace, run_id), baseline_results(workspace, run_id, ("ease",))["ease"]
    )
    workspace.close()
    return found


def measure_users(run: Any, users: list[int]) -> dict[str, float]:
    """Times of recommend and explain, and the largest residual, over known users."""
    for user in users[:N_WARM_UP]:
        warm = run.evidence_of(user)
        run.explain(warm, int(run.recommend(warm, K).item_indices[0]))
    recommend_ms, explain_ms, residuals = [], [], []
    for position, user in enumerate(users):
        start = time.perf_counter()
        evidence = run.evidence_of(user)
        ranked = run.recommend(evidence, K)
        recommend_ms.append(1000 * (time.perf_counter() - start))
        item = int(ranked.item_indices[position % K])
        start = time.perf_counter()
        explanation = run.explain(evidence, item)
        explain_ms.append(1000 * (time.perf_counter() - start))
        residuals.append(explanation.residual)
    return {
        "recommend p50, ms": percentile(recommend_ms, 50),
        "recommend p95, ms": percentile(recommend_ms, 95),
        "explain p50, ms": percentile(explain_ms, 50),
        "explain p95, ms": percentile(explain_ms, 95),
        "largest residual, users": max(residuals),
    }


def largest_newcomer_residual(run: Any, rng: Any) -> float:
    """Residuals for people who state items, entities and (where texts are read) words."""
    linked = sorted(set(run.graph.triples[:, 2].tolist()) - set(range(run.graph.n_items)))
    residuals = []
    for _ in range(N_NEWCOMERS):
        likes = [run.dataset.items.id_of(int(i)) for i in rng.choice(run.dataset.n_items, 2)]
        entities = [run.graph.entities.id_of(linked[int(p)]) for p in rng.choice(len(linked), 2)]
        words = [" ".join(run.names.item(int(rng.choice(run.dataset.n_items))).split())]
        evidence = run.newcomer(likes, entities, (), words if run.encoder is not None else ())
        items = run.recommend(evidence, 3).item_indices.tolist()
        residuals += [run.explain(evidence, item).residual for item in items]
    return max(residuals)


def measure_pages(root: Path) -> dict[str, float]:
    """Server time of a rerun of each page, after its first run has filled the caches.

    The pages run in Streamlit's own test harness: the whole script and all its values, without
    the network and without the browser.
    """
    os.environ["KGREC_WORKSPACE"] = str(root)
    from streamlit.testing.v1 import AppTest

    found = {}
    for page in (PROJECT / "app.py", *sorted((PROJECT / "pages").glob("*.py"))):
        app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=120)
        if page.parent.name == "pages":
            app.switch_page(f"pages/{page.name}")
        app.run()
        if app.exception:
            raise SystemExit(f"{page.name} fails: {app.exception[0].value}")
        times = []
        for _ in range(N_RERUNS):
            start = time.perf_counter()
            app.run()
            times.append(1000 * (time.perf_counter() - start))
        found[f"rerun of {page.stem}, p95, ms"] = percentile(times, 95)
    return found | {"slowest page rerun, ms": max(found.values())}


def compare_with_ease(fusion: Any, ease: Any) -> dict[str, float]:
    """Accuracy on the same test items of the same users."""
    from kgrec_core.evaluation.protocol import paired_difference
    from kgrec_core.rng import make_rng

    difference, low, high = paired_difference(fusion, ease, "ndcg@20", make_rng(SEED))
    return {
        "ndcg@20 fusion": fusion.metrics["ndcg@20"],
        "ndcg@20 EASE": ease.metrics["ndcg@20"],
        "ndcg@20 fusion - EASE": difference,
        "ndcg@20 difference, lower end of 95 %": low,
        "ndcg@20 difference, upper end of 95 %": high,
    }


def percentile(values: list[float], share: int) -> float:
    """The nearest-rank percentile."""
    ordered = sorted(values)
    return ordered[max(0, -(-share * len(ordered) // 100) - 1)]


def machine() -> dict[str, str]:
    """What the numbers depend on."""
    from kgrec_core import __version__
    from kgrec_core.device import pick_device
    from kgrec_core.pipeline.measuring import library_versions

    name = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        name = lines[0].split(":", 1)[1].strip() if lines else name
    versions = ", ".join(f"{library} {v}" for library, v in library_versions().items())
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    return {
        "kgrec": __version__,
        "processor": f"{name}, {os.cpu_count()} cores, load {load} before the start",
        "device": str(pick_device()),
        "libraries": versions,
    }


def in_fresh_process(stage: str, root: Path, data: Path, text_model: str) -> dict[str, float]:
    """Run one stage of this script in a new process and read its numbers."""
    command = [sys.executable, str(Path(__file__).resolve()), "--stage", stage]
    command += ["--workspace", str(root), "--data", str(data), "--text-model", text_model]
    environment = {
        **os.environ,
        "OMP_NUM_THREADS": str(os.cpu_count() or 1),
        "OMP_WAIT_POLICY": "PASSIVE",
    }
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    numbers: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return numbers


def markdown(header: dict[str, str], numbers: dict[str, float]) -> str:
    """Header and table."""
    lines = [f"- {name}: {value}" for name, value in header.items()]
    lines += ["", "| what | target | measured | met |", "|---|---|---|---|"]
    for name, value in numbers.items():
        text, holds = TARGETS.get(name, ("", None))
        met = "" if holds is None else "yes" if holds(value) else "no"
        lines.append(f"| {name} | {text} | {shown(value)} | {met} |")
    return "\n".join(lines)


def shown(value: float) -> str:
    """Four significant digits, exponents only for the very small."""
    if value and abs(value) < 1e-3:
        return f"{value:.2e}"
    return f"{value:.4g}" if abs(value) < 1000 else f"{value:,.0f}"


def main() -> None:
    """Run all stages and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--data", help="folder of ml-latest-small, or the one above it")
    parser.add_argument("--json", type=Path, help="also write the numbers to this file")
    parser.add_argument("--text-model", default="minilm")
    parser.add_argument("--workspace", type=Path, help="keep the workspace here")
    parser.add_argument("--stage", choices=("train", "answers", "pages"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    data = find_data(options.data)
    if data is None:
        print("ml-latest-small is not here. Set KGREC_BENCH_DATA to the folder that holds it.")
        return
    if options.stage == "train":
        print(json.dumps(measure_training(data, options.workspace, options.text_model)))
    elif options.stage == "answers":
        print(json.dumps(measure_answers(options.workspace)))
    elif options.stage == "pages":
        print(json.dumps(measure_pages(options.workspace)))
    else:
        with tempfile.TemporaryDirectory() as temporary:
            root = options.workspace or Path(temporary) / "workspace"
            report(root, data, options.text_model, options.json)


def report(root: Path, data: Path, text_model: str, json_path: Path | None) -> None:
    """All stages in their own processes, then the table."""
    header = machine()
    numbers = in_fresh_process("train", root, data, text_model)
    numbers |= in_fresh_process("answers", root, data, text_model)
    numbers |= in_fresh_process("pages", root, data, text_model)
    print(markdown(header | {"text model": text_model}, numbers))
    if json_path is not None:
        targets = {name: text for name, (text, _) in TARGETS.items()}
        content = {"machine": header, "targets": targets, "measured": numbers}
        json_path.write_text(json.dumps(content, indent=1), "utf-8")


if __name__ == "__main__":
    main()
