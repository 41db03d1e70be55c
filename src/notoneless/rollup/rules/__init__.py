"""What is reckoned from counts, pure: rates and places, what is new, what stands out."""

from notoneless.rollup.rules.counts import Counts, places, total

__all__ = ["Counts", "places", "total"]
