"""What came in: forms, reports and their revisions, and the one way to apply them."""
