"""The path drawing: a vis-network page with our positions, which asks no other server."""

from __future__ import annotations

