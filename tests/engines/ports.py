"""Ports on loopback that nobody listens on."""

import socket


def free_port() -> int:
    """Find a free port; a server takes it at once, so that another hardly can."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
