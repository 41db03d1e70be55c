"""The office: who holds which role, accounts, and the log of acts."""
