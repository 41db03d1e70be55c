"""Template components, tags and static files shared by all pages."""
