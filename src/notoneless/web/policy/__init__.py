"""Rules and their reasons: why somebody is asked, who has to report, and what each level decides."""
