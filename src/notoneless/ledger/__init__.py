"""The ledger: one slot a respondent and thing owed, the tree of the day, and exact tallies."""
