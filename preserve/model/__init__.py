"""What we talk about: frozen values and tables, no I/O."""
