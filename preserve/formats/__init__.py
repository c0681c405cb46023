"""Containers: bytes to model and back. No I/O but the stream handed in."""
