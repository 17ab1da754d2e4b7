"""For whom an authority may sign: what people write, and what that covers."""

import pytest

from fleet.domain.certificate_names import NameRefused, host_of, names_of


@pytest.mark.parametrize(
    ("host", "covered"),
    [
        ("tinh.example.vn", True),
        ("mqtt.tinh.example.vn", True),
        ("xtinh.example.vn", False),
        ("example.vn", False),
        ("10.1.2.3", True),
        ("192.168.1.5", True),
        ("192.168.1.6", False),
        ("fd00::5", True),
        ("2001:db8::1", False),
    ],
)
def test_a_domain_covers_all_below_it_and_a_network_its_addresses(host: str, covered: bool) -> None:
    names = names_of(["Tinh.Example.vn.", "10.0.0.0/8", "192.168.1.5", "fd00::/8"])
    assert str(names) == "tinh.example.vn, 10.0.0.0/8, 192.168.1.5/32, fd00::/8"
    assert names.cover(host_of(host)) is covered


@pytest.mark.parametrize("text", ["", "có dấu.vn", "*.example.vn", "a..vn", "-a.vn", "10.0.0.256", "x" * 64, "a b"])
def test_what_is_no_name(text: str) -> None:
    with pytest.raises(NameRefused, match="expected a name such as"):
        host_of(text)


def test_names_that_are_none() -> None:
    with pytest.raises(NameRefused, match="found none"):
        names_of([])
    with pytest.raises(NameRefused, match=r"10\.0\.0\.1/8"):
        names_of(["10.0.0.1/8"])
