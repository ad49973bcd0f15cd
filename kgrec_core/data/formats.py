"""One entry for every layout: which format a path has, and its `Dataset` with a problem report."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kgrec_core.config import checked
from kgrec_core.contracts import OnProgress, Progress, no_progress
from kgrec_core.data.archives import is_archive, unpacked
from kgrec_core.data.assembling import assemble
from kgrec_core.data.dataset import Dataset
from kgrec_core.data.formats_hetrec import is_hetrec, read_hetrec
from kgrec_core.data.formats_kgat import is_kgat, read_kgat
from kgrec_core.data.formats_movielens import is_movielens, read_movielens
from kgrec_core.data.formats_recbole import is_recbole, read_recbole
from kgrec_core.data.from_mapping import dataset_from_tables
from kgrec_core.data.guess import guess_mapping, unused_columns, unused_files
from kgrec_core.data.mapping import Mapping
from kgrec_core.data.pieces import Pieces
from kgrec_core.data.report import Problem, ProblemReport
from kgrec_core.errors import ConfigError, DataError

__all__ = [
    *("FORMATS", "MAPPING_FILES", "detect_format", "find_mapping", "mapping_at", "read_dataset"),
]

FORMATS = ("csv", "recbole", "kgat", "movielens", "hetrec")
MAPPING_FILES = ("mapping.json", "kgrec.json")

_Reader = Callable[[Path, ProblemReport], Pieces]
_LAYOUTS: dict[str, tuple[Callable[[Path], bool], _Reader]] = {
    "recbole": (is_recbole, read_recbole),
    "hetrec": (is_hetrec, read_hetrec),
    "movielens": (is_movielens, read_movielens),
    "kgat": (is_kgat, read_kgat),
}


def detect_format(path: Path) -> str:
    """The format of a folder, a file or a ZIP archive; "csv" is any set of tables.

    Raises:
        DataError: there is nothing at `path`.
    """
    with _as_folder(path) as folder:
        return _located(folder)[0]


def read_dataset(
    path: Path,
    *,
    name: str | None = None,
    format: str = "auto",
    mapping: Mapping | None = None,
    on_progress: OnProgress = no_progress,
) -> tuple[Dataset, list[Problem]]:
    """Read a data set of any known layout.

    Args:
        path: a folder, one file, or a ZIP archive.
        name: name of the data set; that of the mapping or of the path when None.
        format: one of `FORMATS`, or "auto".
        mapping: how to read tables; when None, mapping.json or kgrec.json of the folder, else a
            guess. Only for the format "csv".
        on_progress: hears what is being done.

    Returns:
        The data and every row that was changed or left out.

    Raises:
        DataError: nothing is there, or what is there cannot be read.
        ConfigError: `format` is unknown, or a mapping file breaks its rules.
    """
    if format not in ("auto", *FORMATS):
        known = ", ".join(("auto", *FORMATS))
        raise ConfigError(f"'format' must be one of {known} in 'read_dataset' (got {format}).")
    report = ProblemReport()
    on_progress(Progress("Reading tables", 0, 2, {}))
    with _as_folder(path) as folder:
        found, place = _located(folder, wanted=format, with_mapping=mapping is not None)
        if found == "csv":
            dataset = _read_tables(place, name, path.stem, mapping or find_mapping(place), report)
        else:
            pieces = _LAYOUTS[found][1](place, report)
            on_progress(Progress("Joining tables", 1, 2, {}))
            dataset = assemble(pieces, name=name or path.stem, report=report)
    on_progress(Progress("Reading tables", 2, 2, {}))
    return dataset, report.problems


def mapping_at(path: Path, *, name: str | None = None) -> Mapping:
    """How the tables at `path` would be read: by their mapping file, else by a guess.

    Raises:
        DataError: nothing is there, it is no set of tables, or no table tells who met what.
        ConfigError: a mapping file breaks its rules.
    """
    with _as_folder(path) as folder:
        found, place = _located(folder)
        if found != "csv":
            raise DataError(
                f"'{path.name}' is read as the format '{found}', whose files say themselves what "
                "they hold; there is no mapping to show. Import it as it is."
            )
        return find_mapping(place) or guess_mapping(place, name=name or path.stem)


def _read_tables(
    folder: Path, name: str | None, stem: str, mapping: Mapping | None, report: ProblemReport
) -> Dataset:
    chosen = mapping or guess_mapping(folder, name=name or stem)
    renamed = chosen.model_copy(update={"name": name or chosen.name})
    dataset = dataset_from_tables(folder, renamed, report=report)
    if mapping is None:
        for file, reason in unused_files(folder, chosen):
            report.add(file, line=0, reason=reason)
        for file, column, reason in unused_columns(folder, chosen):
            report.add(file, line=0, column=column, reason=reason)
    return dataset


def find_mapping(folder: Path) -> Mapping | None:
    """The mapping that lies in a folder of tables, None when there is none.

    Raises:
        DataError: the file is no JSON.
        ConfigError: it breaks the rules of a mapping.
    """
    for file in MAPPING_FILES:
        path = folder / file
        if not path.is_file():
            continue
        try:
            values = json.loads(path.read_text(encoding="utf-8-sig"))
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            raise DataError(f"{file} is no valid JSON ({error}). Correct or remove it.") from None
        if not isinstance(values, dict):
            raise DataError(f"{file} must hold one JSON object with 'name' and 'tables'.")
        return checked(Mapping, values)
    return None


def _located(folder: Path, *, wanted: str = "auto", with_mapping: bool = False) -> tuple[str, Path]:
    """Format and the folder that holds it: the folder itself, its raw/, or its only subfolder."""
    if not with_mapping and wanted == "auto" and _mapping_place(folder):
        return "csv", _mapping_place(folder) or folder
    if wanted == "csv" or (with_mapping and wanted == "auto"):
        return "csv", _table_place(folder)
    candidates = _LAYOUTS if wanted == "auto" else {wanted: _LAYOUTS[wanted]}
    for place in _places(folder):
        for name, (is_here, _) in candidates.items():
            if is_here(place):
                return name, place
    if wanted != "auto":
        raise DataError(
            f"'{folder.name}' does not look like the format '{wanted}': its files are not there. "
            "Choose 'auto', or give the folder that holds them."
        )
    return "csv", _table_place(folder)


def _places(folder: Path) -> list[Path]:
    below = sorted(path for path in folder.iterdir() if path.is_dir())
    places = [folder, folder / "raw"]
    if len(below) == 1:
        places += [below[0], below[0] / "raw"]
    return [place for place in places if place.is_dir()]


def _mapping_place(folder: Path) -> Path | None:
    has = [p for p in _places(folder) if any((p / file).is_file() for file in MAPPING_FILES)]
    return has[0] if has else None


def _table_place(folder: Path) -> Path:
    """The first place that holds files at all."""
    for place in _places(folder):
        if any(path.is_file() for path in place.iterdir()):
            return place
    raise DataError(f"'{folder.name}' holds no files. Choose a folder or archive with tables.")


@contextmanager
def _as_folder(path: Path) -> Iterator[Path]:
    """The path as a folder: itself, unpacked, or a temporary one with just this file."""
    if not path.exists():
        raise DataError(f"There is nothing at '{path}'. Check the path.")
    if path.is_dir():
        yield path
    elif is_archive(path):
        with unpacked(path) as folder:
            yield folder
    else:
        outer = Path(tempfile.mkdtemp(prefix="kgrec-"))
        try:
            folder = outer / path.name
            folder.mkdir()
            shutil.copyfile(path, folder / path.name)
            yield folder
        finally:
            shutil.rmtree(outer, ignore_errors=True)
