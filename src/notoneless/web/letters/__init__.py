"""Letters: written and followed by staff, read and confirmed by families."""
