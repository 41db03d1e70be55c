"""The lane: the hot writes of the API, a small ASGI application before Django in the same server."""
