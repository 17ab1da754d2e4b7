"""The doors to the broker, and the linker. Each runs as a process of its own or as a thread of `motcua run`."""
