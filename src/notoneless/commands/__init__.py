"""The `nol` command, one module a noun. Every command prints Chinese first, or JSON with `--json`."""
