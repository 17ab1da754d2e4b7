"""A crowd of devices at the level of the protocol, and the people who use them: for whoever sizes an installation."""
