"""Accounts: made by those who give roles or joined by invitation; their passwords, phones and one-time codes."""
