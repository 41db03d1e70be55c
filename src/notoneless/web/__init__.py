"""Pages by audience, the API, and what they are made of."""
