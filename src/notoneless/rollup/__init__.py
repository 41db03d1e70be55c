"""What it adds up to: completeness, ranking, missing lists, recount."""
