"""For which names and addresses a certificate authority may speak: written by people, and kept by browsers.

A domain stands for itself and all below it. What is not named is not allowed: whoever trusts such an authority need not
fear that it ever speaks for a bank.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
DOMAIN = re.compile(rf"{LABEL}(\.{LABEL})*")
DOMAIN_AT_MOST = 253
SHOWN_AT_MOST = 80


class NameRefused(ValueError):
    """No certificate can be for this."""


@dataclass(frozen=True)
class Names:
    """Domains, and networks of addresses."""

    domains: tuple[str, ...]
    networks: tuple[Network, ...]

    def cover(self, host: str) -> bool:
        """Whether this host, as `host_of` reads it, is among them."""
        address = address_of(host)
        if address is not None:
            return any(address in network for network in self.networks)
        return any(host == domain or host.endswith(f".{domain}") for domain in self.domains)

    def __str__(self) -> str:
        """As a person writes them."""
        return ", ".join([*self.domains, *map(str, self.networks)])


def names_of(texts: Iterable[str]) -> Names:
    """The names that a person wrote, such as `tinh.example.vn` or `10.0.0.0/8`. Raises NameRefused."""
    found = [network_of(text) or domain_of(text) for text in texts]
    domains = tuple(one for one in found if isinstance(one, str))
    networks = tuple(one for one in found if not isinstance(one, str))
    if not found:
        raise NameRefused("names: expected a domain or a network of addresses, found none")
    return Names(domains, networks)


def host_of(text: str) -> str:
    """A host as certificates name it: a domain in small letters, or an address. Raises NameRefused."""
    address = address_of(text)
    return domain_of(text) if address is None else str(address)


def address_of(text: str) -> Address | None:
    """The address that this is, if it is one."""
    try:
        return ip_address(text)
    except ValueError:
        return None


def network_of(text: str) -> Network | None:
    """The network that this is, if it is one; a single address is the smallest."""
    try:
        return ip_network(text)
    except ValueError:
        return None


def domain_of(text: str) -> str:
    """The domain that this is, in small letters. Raises NameRefused."""
    domain = text.lower().removesuffix(".")
    last = domain.rpartition(".")[2]
    if len(domain) > DOMAIN_AT_MOST or not DOMAIN.fullmatch(domain) or last.isdigit():
        raise NameRefused(f"expected a name such as motcua.tinh.vn or an address, found {text[:SHOWN_AT_MOST]!r}")
    return domain
