"""The technician's bench: from a bare board at a cable to an enrolled device. A door of its own."""
