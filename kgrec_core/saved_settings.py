"""Saved settings carry a version; those of older versions are brought up to date when read.

A setting that is renamed, removed or gets another default would make what was saved before
unreadable, or mean something else. Whoever changes one adds 1 to `SETTINGS_VERSION` and an entry to
`MIGRATIONS`. A document without a version was written before versions were kept: version 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel

from kgrec_core.config import checked
from kgrec_core.errors import ArtifactError, ConfigError

__all__ = [
    "SETTINGS_VERSION",
    "VERSION_KEY",
    "default",
    "drop",
    "present",
    "present_where_possible",
    "read_settings",
    "rename",
    "reword",
    "stamped",
]

VERSION_KEY = "settings_version"
SETTINGS_VERSION = 1

Document = dict[str, Any]
Change = Callable[[Document], Document]
SettingsModel = TypeVar("SettingsModel", bound=BaseModel)


def rename(old: str, new: str) -> Change:
    """A setting has another name; where both stand, the new one counts."""

    def change(document: Document) -> Document:
        renamed = {new if key == old else key: value for key, value in document.items()}
        return renamed | ({new: document[new]} if new in document else {})

    return change


def drop(name: str) -> Change:
    """A setting is gone and nothing takes its place."""
    return lambda document: {key: value for key, value in document.items() if key != name}


def default(name: str, value: Any) -> Change:
    """A default was changed: documents that do not name the setting meant the old one."""
    return lambda document: {name: value} | document


def reword(name: str, old: str, new: str) -> Change:
    """A text that is made of the name of a setting ends in another word."""

    def change(document: Document) -> Document:
        text = document.get(name)
        if not isinstance(text, str) or not text.endswith(old):
            return document
        return document | {name: text.removesuffix(old) + new}

    return change


_LABELS_OF_ABLATIONS = (reword("label", " kg vectors", " embedding"),)

MIGRATIONS: Mapping[int, Mapping[str, tuple[Change, ...]]] = {
    0: {
        "model fusion": (rename("use_kg_vectors", "use_embedding"),),
        "cell": _LABELS_OF_ABLATIONS,
        "measured": _LABELS_OF_ABLATIONS,
    },
}
"""What changed from each version to the next, by kind of document."""

PARTS: Mapping[str, Mapping[str, str]] = {
    "train": {"model_settings": "model {model}", "split": "split", "feedback": "feedback"},
    "fitted": {"settings": "model {model}", "parameters": "fit parameters"},
    "search": {"settings": "model {model}", "trials.*.settings": "model {model}"},
    "benchmark report": {
        "settings": "benchmark",
        "cells.*": "cell",
        "means.*": "measured",
        "comparisons.*": "measured",
    },
    "cell": {"settings": "model {model}", "tuning": "search"},
    "benchmark": {"model_settings.*": "model {key}", "split": "split", "tuning": "tuning"},
    "mapping": {"tables.*.links.*": "link column"},
    "job import": {"mapping": "mapping"},
    "job train": {"settings": "train"},
    "job tune": {"settings": "train", "tuning": "tuning"},
    "job benchmark": {"settings": "benchmark"},
    "job embed": {"settings": "graph embedding"},
    "job signal": {"settings": "signal"},
    "job explain-quality": {"settings": "explanation quality"},
    "job report": {"choices": "report"},
}
"""Documents within documents: path to kind. "*" stands for every entry of a list or dict, "{key}"
for the entry it stands for, "{model}" for the model that the outer document names."""

DEFAULT_MODEL = "fusion"


def stamped(values: Mapping[str, Any]) -> Document:
    """Settings of this version as they are saved; nested ones share the version."""
    return {**values, VERSION_KEY: SETTINGS_VERSION}


def present(kind: str, document: Any, owner: str) -> Document:
    """A saved document as this version would have written it, with its version.

    Args:
        kind: what it holds, such as "train", "model fusion" or "job tune"; see `PARTS`.
        document: the plain values that were saved.
        owner: where they lie, for the error ("the run fusion-20260714-101512-ab12").

    Raises:
        ArtifactError: it is no dictionary, its version is no version, or of a later kgrec.
    """
    if not isinstance(document, dict):
        raise ArtifactError(
            f"The settings of {owner} must be a JSON object (got {str(document)[:80]}). "
            "They are damaged: make it again."
        )
    values = {key: value for key, value in document.items() if key != VERSION_KEY}
    for version in range(_version_of(document, owner), SETTINGS_VERSION):
        values = _migrated(kind, values, MIGRATIONS.get(version, {}))
    return stamped(values)


def present_where_possible(kind: str, document: Document) -> Document:
    """`present` for lists, which must not fail: a document of a later version stays as it is."""
    try:
        return present(kind, document, "")
    except ArtifactError:
        return document


def read_settings(
    settings_class: type[SettingsModel], kind: str, document: Any, owner: str
) -> SettingsModel:
    """The checked settings in a saved document of this or an older version.

    Args:
        settings_class: what is in the document.
        kind: as in `present`.
        document: the plain values that were saved.
        owner: as in `present`.

    Raises:
        ArtifactError: as in `present`, or a setting is unknown or breaks its rule.
    """
    values = present(kind, document, owner)
    del values[VERSION_KEY]
    try:
        return checked(settings_class, values)
    except ConfigError as error:
        raise ArtifactError(
            f"The settings of {owner} cannot be read: {error} Use the version of kgrec that saved "
            "them, or make it again."
        ) from None


def _version_of(document: Document, owner: str) -> int:
    version = document.get(VERSION_KEY, 0)
    if not isinstance(version, int) or isinstance(version, bool) or version < 0:
        raise ArtifactError(
            f"'{VERSION_KEY}' of {owner} must be a whole number from 0 to {SETTINGS_VERSION} "
            f"(got {str(version)[:80]}). The settings are damaged: make it again."
        )
    if version > SETTINGS_VERSION:
        raise ArtifactError(
            f"The settings of {owner} are of version {version}, saved by a later kgrec; this one "
            f"reads up to version {SETTINGS_VERSION}. Update kgrec, or make it again."
        )
    return version


def _migrated(kind: str, document: Document, changes: Mapping[str, tuple[Change, ...]]) -> Document:
    for change in changes.get(kind, ()):
        document = change(document)
    for path, inner in PARTS.get(kind, {}).items():
        document = _replaced(document, path.split("."), inner, changes, document)
    return document


def _replaced(
    value: Any,
    path: list[str],
    kind: str,
    changes: Mapping[str, tuple[Change, ...]],
    outer: Document,
) -> Any:
    """`value` with all documents at `path` migrated; what is not of the expected shape stays."""
    if not path:
        named = kind.replace("{model}", str(outer.get("model", DEFAULT_MODEL)))
        return _migrated(named, value, changes) if isinstance(value, dict) else value
    found = {
        key: _replaced(part, path[1:], _named(kind, path[0], key), changes, outer)
        for key, part in _entries(value, path[0])
    }
    if isinstance(value, list):
        return [found.get(position, part) for position, part in enumerate(value)]
    return {**value, **found} if found else value


def _entries(value: Any, step: str) -> Iterator[tuple[Any, Any]]:
    if isinstance(value, dict):
        yield from (pair for pair in value.items() if step in ("*", pair[0]))
    elif isinstance(value, list) and step == "*":
        yield from enumerate(value)


def _named(kind: str, step: str, key: Any) -> str:
    return kind.replace("{key}", str(key)) if step == "*" else kind
