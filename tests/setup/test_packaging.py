"""The set-up is as the README says: pins, licence, commands, no traces of one machine."""

from __future__ import annotations

import re
import subprocess
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


def read(path: str) -> str:
    return (REPOSITORY / path).read_text(encoding="utf-8")


def normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def project() -> dict[str, object]:
    return tomllib.loads(read("pyproject.toml"))["project"]


def pins() -> dict[str, str]:
    lines = [line for line in read("constraints.txt").splitlines() if line and line[0] != "#"]
    return {normalized(name): version for name, version in (line.split("==") for line in lines)}


def direct_dependencies() -> list[str]:
    table = project()
    names = list(table["dependencies"])
    for extra in table["optional-dependencies"].values():
        names += extra
    return names


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", read("Makefile"), flags=re.MULTILINE))


def shipped_files() -> list[Path]:
    """All files but those that git ignores; works without git as well."""
    ignored = [line.rstrip("/") for line in read(".gitignore").splitlines()] + [".git"]
    return [
        path
        for path in REPOSITORY.rglob("*")
        if path.is_file()
        and not any(
            fnmatch(part, pattern)
            for part in path.relative_to(REPOSITORY).parts
            for pattern in ignored
        )
    ]


@pytest.mark.parametrize("requirement", direct_dependencies())
def test_every_direct_dependency_is_pinned(requirement: str) -> None:
    assert normalized(re.split(r"[<>=\[; ]", requirement)[0]) in pins()


def test_every_pin_is_one_exact_version() -> None:
    lines = [line for line in read("constraints.txt").splitlines() if line and line[0] != "#"]
    assert [
        line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][0-9a-z.]*", line)
    ] == []


def test_no_package_is_pinned_twice() -> None:
    lines = [line for line in read("constraints.txt").splitlines() if line and line[0] != "#"]
    assert len(lines) == len(pins())


def test_torch_is_installed_alone_before_the_packages_that_need_it() -> None:
    setup = read("scripts/setup.sh")
    assert setup.index('-c constraints.txt "$torch_pin"') < setup.index(
        '-c constraints.txt -e ".[dev]"'
    )


def test_the_licence_is_named_by_its_spdx_identifier() -> None:
    assert project()["license"] == "Apache-2.0"


def test_the_licence_text_is_complete() -> None:
    text = read("LICENSE")
    assert "Apache License\n                           Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text


def test_every_make_command_of_the_readme_exists() -> None:
    commands = set(
        re.findall(r"\bmake ([a-z]+)\b(?= *(?:`|#|$|[A-Z_]+=))", read("README.md"), re.M)
    )
    assert {"app", "test"} <= commands
    assert commands <= make_targets()


def test_every_file_that_the_readme_names_exists() -> None:
    links = re.findall(r"\]\(((?!https?:|#)[^)]+)\)", read("README.md"))
    assert [link for link in links if not (REPOSITORY / link.split("#")[0]).exists()] == []


def test_make_without_a_target_tells_the_commands() -> None:
    shown = subprocess.run(["make"], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    listed = set(re.findall(r"^make ([a-z]+)", shown.stdout, flags=re.MULTILINE))
    assert listed == make_targets() - {"help"}


def test_the_build_server_runs_what_a_contributor_runs() -> None:
    script = REPOSITORY / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    assert "make test" in script.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "script", sorted((REPOSITORY / "scripts").glob("*.sh")), ids=lambda path: path.name
)
def test_shell_scripts_parse_and_stop_at_the_first_failure(script: Path) -> None:
    subprocess.run(["bash", "-n", str(script)], check=True)
    text = script.read_text(encoding="utf-8")
    assert (
        "set -euo pipefail" in text or 'source "$(dirname "${BASH_SOURCE[0]}")/common.sh"' in text
    )


def test_no_file_names_a_folder_of_one_machine() -> None:
    # Written in pieces, so that this file does not find itself.
    folders = "|".join(
        ["/ro" + "ot/", "/wo" + "rk/", "/ho" + "me/[a-z]", "/Us" + "ers/[a-z]", "/op" + "t/[a-z]"]
    )
    pattern = re.compile(rf"(?<![\w.])(?:{folders})".encode())
    assert [path.name for path in shipped_files() if pattern.search(path.read_bytes())] == []


def test_no_file_names_a_package_server() -> None:
    hosts = "|".join(
        [
            "pypi" + r"\.org",
            "pytorch" + r"\.org",
            "python" + r"hosted\.org",
            "npmjs" + r"\.(?:org|com)",
        ]
    )
    pattern = re.compile(hosts.encode())
    assert [path.name for path in shipped_files() if pattern.search(path.read_bytes())] == []


def test_no_shipped_file_is_large() -> None:
    limit_bytes = 3_000_000
    assert [path.name for path in shipped_files() if path.stat().st_size > limit_bytes] == []
