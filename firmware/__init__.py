"""The firmware of the devices at a counter."""

VERSION = "0.1.0"
# What a device tells in its hello and in its `boot` event.
