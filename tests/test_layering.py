"""Imports go down only, and heavy libraries wait until they are used."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

LEVELS = {
    **dict.fromkeys(("kgrec_core.errors", "kgrec_core.contracts", "kgrec_core.rng"), 0),
    **dict.fromkeys(("kgrec_core", "kgrec_core.config", "kgrec_core.device"), 0),
    **dict.fromkeys(("kgrec_core.palette", "kgrec_core.figures", "kgrec_core.words"), 0),
    **dict.fromkeys(("kgrec_core.data", "kgrec_core.storage"), 1),
    **dict.fromkeys(("kgrec_core.graph", "kgrec_core.evaluation"), 2),
    "kgrec_core.embedding": 3,
    "kgrec_core.recommender": 4,
    "kgrec_core.explanation": 5,
    **dict.fromkeys(("kgrec_core.pipeline", "kgrec_core.jobs", "kgrec_core.cli"), 6),
    "kgrec_core.report": 6,
    **dict.fromkeys(("kgrec_ui.views", "kgrec_ui.state", "kgrec_ui.theme"), 7),
    "kgrec_ui": 8,
    "pages": 9,
}
"""Level of each package; the longest matching name counts."""

ALLOWED_AT_ONE_LEVEL = {
    ("kgrec_core.storage", "kgrec_core.data"),
    ("kgrec_core.jobs", "kgrec_core.pipeline"),
    ("kgrec_core.cli", "kgrec_core.pipeline"),
    ("kgrec_core.cli", "kgrec_core.jobs"),
    ("kgrec_core.report", "kgrec_core.pipeline"),
    ("kgrec_core.jobs", "kgrec_core.report"),
    ("kgrec_core.cli", "kgrec_core.report"),
    ("kgrec_ui.views", "kgrec_ui.theme"),
    ("kgrec_ui.state", "kgrec_ui.views"),
}
FREE_LEVEL = 0
"""The small modules at the bottom know each other."""

SCREEN = {"streamlit", "plotly", "pyvis"}
HEAVY = {"torch", "torch_geometric", "sentence_transformers", "transformers"}
MAY_IMPORT_TORCH = ("kgrec_core.recommender", "kgrec_core.embedding")

FILES = sorted(
    path.relative_to(ROOT)
    for folder in ("kgrec_core", "kgrec_ui", "pages")
    for path in (ROOT / folder).rglob("*.py")
) + [path.relative_to(ROOT) for path in [ROOT / "app.py"] if path.exists()]


def module_of(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def package_of(module: str) -> str:
    """The entry of `LEVELS` that a module belongs to; scripts count as pages."""
    fitting = [name for name in LEVELS if module == name or module.startswith(f"{name}.")]
    return max(fitting, key=len) if fitting else "pages"


def imports_of(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and full name of everything imported anywhere in a file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"relative import in line {node.lineno}"
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def runs_on_import(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements that run when the module is imported; blocks for the type checker do not."""
    for node in body:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            yield from runs_on_import(node.orelse)
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
            for name in ("body", "orelse", "finalbody"):
                yield from runs_on_import(getattr(node, name, []))
            for handler in getattr(node, "handlers", []):
                yield from runs_on_import(handler.body)


def imported_at_once(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in runs_on_import(tree.body):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from imports_of(node)


def is_ours(name: str) -> bool:
    return name.split(".")[0] in {"kgrec_core", "kgrec_ui", "pages", "app"}


def goes_down(importer: str, imported: str) -> bool:
    own, other = package_of(importer), package_of(imported)
    if own == other or (own, other) in ALLOWED_AT_ONE_LEVEL:
        return True
    return LEVELS[other] < LEVELS[own] or LEVELS[own] == LEVELS[other] == FREE_LEVEL


def parsed(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"), filename=str(path))


@pytest.mark.parametrize("path", FILES, ids=str)
def test_imports_go_down_only(path: Path) -> None:
    module = module_of(path)
    wrong = [
        f"{path}:{line} imports {name}"
        for line, name in imports_of(parsed(path))
        if is_ours(name) and not goes_down(module, name)
    ]
    assert wrong == []


@pytest.mark.parametrize("path", FILES, ids=str)
def test_the_core_and_the_views_do_not_know_the_screen(path: Path) -> None:
    module = module_of(path)
    if not module.startswith(("kgrec_core", "kgrec_ui.views")):
        return
    wrong = [
        f"{path}:{line} imports {name}"
        for line, name in imports_of(parsed(path))
        if name.split(".")[0] in SCREEN
    ]
    assert wrong == []


@pytest.mark.parametrize("path", FILES, ids=str)
def test_heavy_libraries_are_not_imported_at_the_top(path: Path) -> None:
    module = module_of(path)
    heavy = HEAVY - {"torch"} if module.startswith(MAY_IMPORT_TORCH) else HEAVY
    wrong = [
        f"{path}:{line} imports {name}"
        for line, name in imported_at_once(parsed(path))
        if name.split(".")[0] in heavy
    ]
    assert wrong == []


def test_the_whole_program_is_looked_at() -> None:
    packages = {package_of(module_of(path)) for path in FILES}
    assert packages >= set(LEVELS) - {"pages"}


@pytest.mark.parametrize(
    ("importer", "imported", "expected"),
    [
        ("kgrec_core.graph.search", "kgrec_core.data.vocabulary.Vocabulary", True),
        ("kgrec_core.data.dataset", "kgrec_core.graph.search.EntitySearch", False),
        ("kgrec_core.graph.search", "kgrec_core.evaluation.ranking.top_k", False),
        ("kgrec_core.jobs.queue", "kgrec_core.pipeline.training.train", True),
        ("kgrec_core.pipeline.training", "kgrec_core.jobs.queue.submit", False),
        ("kgrec_core.report.making", "kgrec_core.pipeline.loaded_run.load_run", True),
        ("kgrec_core.pipeline.training", "kgrec_core.report.making.make_report", False),
        ("kgrec_core.config", "kgrec_core.errors.ConfigError", True),
        ("kgrec_core.config", "kgrec_ui.state.get_state", False),
        ("kgrec_ui.views.graph_view", "kgrec_ui.plots.graph_plot", False),
        ("kgrec_ui.plots.graph_plot", "kgrec_ui.views.graph_view", True),
        ("pages.1_Data", "kgrec_ui.frame.begin", True),
        ("app", "kgrec_ui.frame.begin", True),
        ("kgrec_ui.frame", "app.main", False),
    ],
)
def test_the_rule_itself(importer: str, imported: str, expected: bool) -> None:
    assert goes_down(importer, imported) is expected


def test_imports_inside_blocks_count_and_those_for_types_do_not() -> None:
    code = (
        "import a\nif TYPE_CHECKING:\n    import b\nelse:\n    import c\n"
        "try:\n    import d\nexcept ImportError:\n    import e\n"
        "class K:\n    import f\n    def m(self):\n        import g\n"
    )
    assert sorted(name for _, name in imported_at_once(ast.parse(code))) == list("acdef")
    assert sorted(name for _, name in imports_of(ast.parse(code))) == list("abcdefg")


def brought_along(modules: list[str], unwanted: set[str]) -> str:
    """Which unwanted libraries a fresh interpreter has loaded after importing each module."""
    code = (
        "import importlib, sys\n"
        "for name in sys.argv[1].split(','):\n"
        "    before = set(sys.modules)\n"
        "    importlib.import_module(name)\n"
        "    for found in sorted(set(sys.argv[2].split(',')) & (set(sys.modules) - before)):\n"
        "        print(name, 'imports', found)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, ",".join(modules), ",".join(unwanted)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def modules_of(package: str) -> list[str]:
    return [name for name in map(module_of, FILES) if name.startswith(package)]


def test_the_command_line_starts_without_torch() -> None:
    assert brought_along(["kgrec_core.cli"], HEAVY) == ""


def test_the_screen_starts_without_torch() -> None:
    assert brought_along(modules_of("kgrec_ui"), HEAVY) == ""


START_PAGE = ["kgrec_ui.frame", "kgrec_ui.parts.start", "kgrec_core.storage.workspace"]
SLOW_TO_START = HEAVY | {"pandas", "polars", "scipy", "sklearn", "duckdb"}


def test_the_start_page_waits_for_no_table_or_model() -> None:
    unwanted = SLOW_TO_START | {"kgrec_core.recommender", "kgrec_core.pipeline", "networkx"}
    assert brought_along(START_PAGE, unwanted) == ""


def test_views_do_not_bring_the_screen_along() -> None:
    assert brought_along(modules_of("kgrec_ui.views"), SCREEN) == ""


def test_the_core_does_not_bring_the_screen_along() -> None:
    assert brought_along(modules_of("kgrec_core"), SCREEN) == ""
