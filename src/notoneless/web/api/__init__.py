"""The API: reports in, figures out. Version 1."""
