"""A real server over a small world of its own: what tests/faults and tests/web/lane stand on.

The server is started as an operator starts it and seen from outside only: through its port, its processes and its
database. The test's own process needs no Django for that; the world is built and read by scripts beside this file.
"""
