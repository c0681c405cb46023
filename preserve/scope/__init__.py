"""What to fetch next and why, and what became of every reference. Pure."""
