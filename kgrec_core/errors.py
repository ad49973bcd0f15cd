"""All errors that kgrec raises on purpose; anything else is a bug."""

from __future__ import annotations

__all__ = [
    "ArtifactError",
    "CancelledError",
    "ConfigError",
    "DataError",
    "KgrecError",
    "MissingStepError",
    "UnknownIdError",
]


class KgrecError(Exception):
    """Base of the tree: its text is a finished sentence that a screen may show."""


class ConfigError(KgrecError):
    """A setting breaks its rule."""


class DataError(KgrecError):
    """A file or table cannot be used as it is."""


class UnknownIdError(KgrecError, LookupError):
    """An id is not in the vocabulary that was asked."""


class MissingStepError(KgrecError):
    """An earlier step (data set, graph, run) has to be done first."""


class ArtifactError(KgrecError):
    """A saved folder is not ours, incomplete, or of another version."""


class CancelledError(KgrecError):
    """The user asked a running job to stop."""
