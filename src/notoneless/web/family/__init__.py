"""Pages of a household."""
