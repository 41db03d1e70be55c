"""Help for families first, then for staff, in plain words."""
