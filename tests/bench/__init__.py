"""Programs that measure. `make bench` runs them all, `make bench ONLY=press` one group; a JSON line for each figure."""
