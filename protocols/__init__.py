"""What devices and the fleet say to each other: one source for MicroPython and CPython.

Laws of this package. It imports only itself and modules that both Pythons have. Bytes of strangers become a
value or a `ProtocolError`; behind that edge nobody checks again. Unknown fields are left aside, a new field has a
default, and every message ever released stays in `tests/golden/` and decodes.
"""
