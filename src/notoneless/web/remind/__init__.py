"""Reminders: the button on missing lists, what became of them, and the browsers that take a push."""
