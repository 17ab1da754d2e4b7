"""Who guesses passwords of many names is slowed down at their address; each name is slowed down by itself, too."""

from ipaddress import IPv6Address, ip_address

FREE_FROM_A_PLACE = 50
# A whole office of people sits behind one address, and each slips now and then.
FIRST_PAUSE_S = 60
LONGEST_PAUSE_S = 15 * 60
WINDOW_MS = 3_600_000
# After it the count begins anew: at most some seventy guesses an hour from one address, over all names.
NETWORK_BITS = 64


def place_of(address: str) -> str:
    """What guesses are counted under: an IPv4 address, or the network that one house has in IPv6; empty for none."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return f"{IPv6Address(int(found) >> NETWORK_BITS << NETWORK_BITS)}/{NETWORK_BITS}"


def place_lock_s(failures: int) -> int:
    """How long after so many failures within the hour nobody tries again from there."""
    if failures < FREE_FROM_A_PLACE:
        return 0
    return min(FIRST_PAUSE_S << min(failures - FREE_FROM_A_PLACE, 16), LONGEST_PAUSE_S)
