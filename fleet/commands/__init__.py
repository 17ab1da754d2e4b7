"""The commands of `motcua`, by subject."""
