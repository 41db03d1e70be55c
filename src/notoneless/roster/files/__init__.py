"""Files as clerks send them, read as rows of text: CSV, Excel, and OneRoster sets. No database."""
