"""Looks at every page as readers do: pictures (`make screens`), accessibility and speed (`make looks`)."""
