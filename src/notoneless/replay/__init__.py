"""Real data through the real ledger: a year of New York's attendance, and a school's norovirus outbreak of 2001."""
