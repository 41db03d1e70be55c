"""A city's morning: how many reports a second, how long a parent waits, what it costs, and what bounds it.

    python -m benchmarks.morning [--scale city] [--seconds 8]        (make bench: on SQLite, then on PostgreSQL)

In one run, on one machine with the load generator on it: the product's own server taking distinct signed reports, class
batches, repeats and a morning's curve; and beside it what bounds it: the same server answering an empty request, the
same SQL with no HTTP, and a plain Django view with the ORM doing the same write. Judge by the ratios.
"""
