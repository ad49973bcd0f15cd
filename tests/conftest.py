"""What holds for all tests."""

from __future__ import annotations

from hypothesis import settings

# A busy machine is no fault of the code; pytest-timeout still ends a test that hangs.
settings.register_profile("kgrec", deadline=None)
settings.load_profile("kgrec")
