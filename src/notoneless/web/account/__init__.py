"""Signing in and out, and where an account lands."""
