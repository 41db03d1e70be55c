"""Long work on pages: imports, exports, the people they are about, and what the system is doing."""
