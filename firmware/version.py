"""The version that a device tells in its hello and in its `boot` event."""

VERSION = "0.1.0"
