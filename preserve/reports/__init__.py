"""Pure renderers of our values: text, JSON Lines."""
