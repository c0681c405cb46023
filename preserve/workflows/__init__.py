"""The journeys: the only place where the other rooms meet."""
