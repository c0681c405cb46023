"""Questions asked of a package: measure once, judge many."""
