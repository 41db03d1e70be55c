"""An invented city: units, people with generated names, and days of history. Nobody in it exists."""
