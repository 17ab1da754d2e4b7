"""A certificate authority of our own, for networks that no public one reaches, and the certificates that it signs.

- Keys are RSA. A device checks a signature of RSA in half the time of one of P-256, on a board without arithmetic for
  either; browsers take both. The authority's has 3072 bits for its ten years, a server's 2048 for its two.
- `valid from` is a day before any firmware was made. A board without a clock believes that it is the day its firmware
  was made, and refuses what is not valid yet.
- What the authority may speak for is not marked critical, against RFC 5280: devices (mbedTLS) do not know it and would
  refuse the whole certificate. Browsers and OpenSSL keep to it all the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from fleet.domain.certificate_names import Names, address_of

AUTHORITY_BITS, SERVER_BITS, EXPONENT = 3072, 2048, 65537
VALID_FROM = datetime(2026, 1, 1, tzinfo=UTC)
CLOCKS_DIFFER = timedelta(hours=1)
MOST_DAYS = 825
# Browsers refuse a server's certificate that is valid for longer.
COMMON_NAME_LETTERS = 64
EVERY_ADDRESS = (ip_network("0.0.0.0/0"), ip_network("::/0"))


@dataclass(frozen=True)
class Authority:
    """Its certificate, and its key."""

    certificate: x509.Certificate
    key: RSAPrivateKey


@dataclass(frozen=True)
class Issued:
    """A server's certificate and key; neither was there before."""

    certificate: x509.Certificate
    key: RSAPrivateKey


def make_authority(name: str, names: Names, until: datetime) -> Authority:
    """An authority that nobody trusts yet; four letters of its key tell it from others of that name."""
    key = generate_private_key(EXPONENT, AUTHORITY_BITS)
    mark = key_id(key.public_key()).digest.hex()[:4]
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{name} {mark}")])
    made = authority_of(subject, key.public_key(), names, until, path_length=1).issuer_name(subject)
    return Authority(made.sign(key, SHA256()), key)


def bridge(old: Authority, new: Authority, names: Names) -> x509.Certificate:
    """The new authority's key, signed by the old one: who knows only the old one believes what the new one signs."""
    subject, until = new.certificate.subject, old.certificate.not_valid_after_utc
    made = authority_of(subject, new.key.public_key(), names, until, path_length=0)
    return (
        made.issuer_name(old.certificate.subject).add_extension(issuer_id(old), critical=False).sign(old.key, SHA256())
    )


def issue(authority: Authority, hosts: Sequence[str], now: datetime, days: int, for_devices: bool) -> Issued:
    """A certificate for a server of these hosts, as `host_of` reads them; for devices from their first day on."""
    key = generate_private_key(EXPONENT, SERVER_BITS)
    until = min(now + timedelta(days=days), authority.certificate.not_valid_after_utc)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name(hosts[0]))])
    made = (
        builder(subject, key.public_key(), VALID_FROM if for_devices else now - CLOCKS_DIFFER, until)
        .issuer_name(authority.certificate.subject)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage(digital_signature=True, key_encipherment=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([general_name(host) for host in hosts]), critical=False)
        .add_extension(issuer_id(authority), critical=False)
    )
    return Issued(made.sign(authority.key, SHA256()), key)


def authority_of(
    subject: x509.Name, key: RSAPublicKey, names: Names, until: datetime, path_length: int
) -> x509.CertificateBuilder:
    """What is in an authority's certificate, whoever signs it."""
    return (
        builder(subject, key, VALID_FROM, until)
        .add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True)
        .add_extension(usage(key_cert_sign=True, crl_sign=True), critical=True)
        .add_extension(constraints(names), critical=False)
    )


def builder(subject: x509.Name, key: RSAPublicKey, since: datetime, until: datetime) -> x509.CertificateBuilder:
    """What is in every certificate."""
    made = x509.CertificateBuilder(subject_name=subject, public_key=key, serial_number=x509.random_serial_number())
    return made.not_valid_before(since).not_valid_after(until).add_extension(key_id(key), critical=False)


def constraints(names: Names) -> x509.NameConstraints:
    """What it may speak for; where no domain or no network is named, it may for none."""
    permitted = [*map(x509.DNSName, names.domains), *map(x509.IPAddress, names.networks)]
    domains = [] if names.domains else [x509.DNSName("")]
    versions = {network.version for network in names.networks}
    addresses = [x509.IPAddress(one) for one in EVERY_ADDRESS if one.version not in versions]
    return x509.NameConstraints(permitted, [*domains, *addresses] or None)


def names_in(authority: x509.Certificate) -> Names:
    """What an authority of ours may speak for; nothing where its certificate does not say so."""
    try:
        said = authority.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
    except x509.ExtensionNotFound:
        said = []
    networks = [one.value for one in said if isinstance(one, x509.IPAddress)]
    return Names(
        tuple(one.value for one in said if isinstance(one, x509.DNSName)),
        tuple(ip_network(str(one)) for one in networks),
    )


def hosts_in(certificate: x509.Certificate) -> list[str]:
    """The hosts that a server's certificate is for."""
    try:
        said = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    addresses = map(str, said.get_values_for_type(x509.IPAddress))
    return [*said.get_values_for_type(x509.DNSName), *addresses]


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 as browsers show it."""
    return certificate.fingerprint(SHA256()).hex(":").upper()


def common_name(host: str) -> str:
    """What a server's certificate is called; OpenSSL would take a bare address there for a domain."""
    return (host if address_of(host) is None else f"address {host}")[:COMMON_NAME_LETTERS]


def general_name(host: str) -> x509.GeneralName:
    """A host as certificates name it."""
    address = address_of(host)
    return x509.DNSName(host) if address is None else x509.IPAddress(address)


def key_id(key: RSAPublicKey) -> x509.SubjectKeyIdentifier:
    """By what the certificates of one key are found."""
    return x509.SubjectKeyIdentifier.from_public_key(key)


def issuer_id(authority: Authority) -> x509.AuthorityKeyIdentifier:
    """The same of who signed."""
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(key_id(authority.key.public_key()))


def usage(**given: bool) -> x509.KeyUsage:
    """What a key is for: this, and nothing else."""
    every = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
    rest = ("key_cert_sign", "crl_sign", "encipher_only", "decipher_only")
    return x509.KeyUsage(**{name: given.get(name, False) for name in (*every, *rest)})
