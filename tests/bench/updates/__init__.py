"""Updates under attack and under faults: a device with the shipping firmware in virtual time, what it is sent."""
