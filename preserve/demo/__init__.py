"""The demonstration page and its loopback server."""
