"""Rows of a roster checked, staged and merged. `roster.services.import_roster` is the door."""
