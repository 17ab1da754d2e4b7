"""The virtual layer of the fault bench: the shipping firmware on the MicroPython VM in a world made of values.

Time, wire and flash are in memory; broker, fleet and people are models. Everything here runs on the VM.
"""
