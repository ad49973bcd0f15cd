"""What holds for all tests."""

from __future__ import annotations

from hypothesis import settings

# A busy machine is no failure: speed is measured in the benchmarks.
settings.register_profile("kgrec", deadline=None)
settings.load_profile("kgrec")
