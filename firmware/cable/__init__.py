"""A board that nobody has enrolled yet, at a technician's cable. A device that is enrolled loads nothing of it."""
