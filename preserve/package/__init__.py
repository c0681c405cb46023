"""The package on disk: writing, reading, export, extraction."""
