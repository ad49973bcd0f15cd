"""A schema of its own on the database server that `KGREC_TEST_DATABASE_URL` names."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, make_url, text

SERVER_VARIABLE = "KGREC_TEST_DATABASE_URL"

needs_server = pytest.mark.skipif(
    not os.environ.get(SERVER_VARIABLE),
    reason=f"{SERVER_VARIABLE} names no PostgreSQL server (postgresql+psycopg://user@host/name)",
)


@contextlib.contextmanager
def schema_url() -> Iterator[str]:
    """Address of an empty schema; what was in the database before stays untouched."""
    server = make_url(os.environ[SERVER_VARIABLE])
    name = f"kgrec_test_{secrets.token_hex(4)}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE SCHEMA {name}"))
    try:
        own = server.update_query_dict({"options": f"-csearch_path={name}"})
        yield own.render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP SCHEMA {name} CASCADE"))
        engine.dispose()
