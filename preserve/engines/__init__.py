"""Bytes from the world."""
