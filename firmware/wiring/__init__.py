"""Each file joins one role to its lines: the role decides, the lines move, and the event is on flash in between."""
