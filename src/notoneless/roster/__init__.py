"""Who exists: units, people, households, placements; imports, accounts and scope."""
