"""The rules. Values come in as arguments, values go out; no input, no output, no clock, no chance."""
