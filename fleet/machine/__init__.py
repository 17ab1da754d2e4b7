"""A server that runs the fleet: the files that its system, its proxy and its broker read."""
