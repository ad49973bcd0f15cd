"""Exit with status 0 when a server could listen on 127.0.0.1 at the port given."""

from __future__ import annotations

import socket
import sys


def main(text: str) -> int:
    """Try to bind the port, without keeping it."""
    if not text.isdigit() or not 0 < int(text) < 65536:
        return 1
    with socket.socket() as probe:
        # As the server does: a port in the closing state of an earlier run counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(text)))
        except OSError:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
