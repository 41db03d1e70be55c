"""Not One Less: an education authority accounts for every pupil, every day."""
