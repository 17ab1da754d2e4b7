"""Firmware that is spoilt on purpose: each of these must be caught by the bench."""
