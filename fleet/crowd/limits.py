"""What this machine lets a process have: open files, and ports of its own for connections. Said before it fails."""

import math
import resource
from collections import Counter
from pathlib import Path

from fleet.crowd.wish import BadWish, Wish
from fleet.domain.crowd import AT_EACH

FILES_BESIDE = 64
PORTS_BESIDE = 1_000
# Others of this machine take some, and a port that was just given back rests for a minute.
PORT_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
AT_EACH_PROCESS = 20_000
# One core's worth at about one event a minute from each; and below the ports that Linux gives to one address (28,232).


def processes_for(devices: int) -> int:
    """How many processes a crowd of this size has, unless somebody says otherwise: as few as open files allow."""
    most = int(min(AT_EACH_PROCESS, hard_limit() - FILES_BESIDE))
    at_each = max(1, most // AT_EACH) * AT_EACH  # an office is not divided
    return max(1, -(-devices // at_each))


def hard_limit() -> float:
    """Up to so many open files of a process somebody may raise its limit."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return math.inf if hard in (resource.RLIM_INFINITY, -1) else hard


def refuse_limits(wishes: list[Wish]) -> None:
    """See that each process may have what it needs, and raise what may be raised. Raises BadWish."""
    largest = max(one.to - one.first for one in wishes)
    needed = largest + FILES_BESIDE
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard_limit() < needed:
        raise BadWish(
            f"open files: {largest} devices in a process need {needed}, found a limit of {hard} (ulimit -Hn); "
            f"raise it, or expect more --processes"
        )
    if soft not in (resource.RLIM_INFINITY, -1) and soft < needed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
    refuse_ports(wishes)


def refuse_ports(wishes: list[Wish]) -> None:
    """An address has so many ports to each broker; in all, where it is chosen before the broker is. Raises BadWish."""
    ports, going = free_ports(), Counter[tuple[str, str]]()
    for one in wishes:
        devices = one.to - one.first
        if one.sources:
            going.update({(source, "any broker"): -(-devices // len(one.sources)) for source in one.sources})
        else:
            share = -(-devices // len(one.brokers))
            going.update({("this machine", f"{host}:{port}"): share for host, port in one.brokers})
    for (source, broker), devices in going.items():
        if devices > ports:
            raise BadWish(
                f"ports: {devices} devices go from {source} to {broker}, expected at most {ports}; "
                "name more --source addresses, or more --broker ones"
            )


def free_ports() -> int:
    """How many connections one address of this machine can have to one broker."""
    low, high = map(int, PORT_RANGE.read_text().split()) if PORT_RANGE.exists() else (32_768, 60_999)
    return high - low + 1 - PORTS_BESIDE
