"""A demonstration city of invented people: its roster as files, its last days in the ledger, an account for each role."""
