"""The codes are those of RFC 6238, and each counts once."""

import pytest

from fleet.domain.one_time_codes import STEP_S, address_of, code_at, fitting_step, in_letters, step_of

SECRET = b"12345678901234567890"
# Appendix B of RFC 6238, the rows of SHA-1: seconds and eight digits.
VECTORS = {
    59: "94287082",
    1_111_111_109: "07081804",
    1_111_111_111: "14050471",
    1_234_567_890: "89005924",
    2_000_000_000: "69279037",
    20_000_000_000: "65353130",
}
NOW_MS = 1_795_000_000_000


@pytest.mark.parametrize("at_s", VECTORS)
def test_the_codes_of_the_standard(at_s: int) -> None:
    assert code_at(SECRET, step_of(at_s * 1000), digits=8) == VECTORS[at_s]
    assert code_at(SECRET, step_of(at_s * 1000)) == VECTORS[at_s][-6:]


@pytest.mark.parametrize(("steps_off", "fits"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_off_by_one_step(steps_off: int, fits: bool) -> None:
    code = code_at(SECRET, step_of(NOW_MS + steps_off * STEP_S * 1000))
    assert (fitting_step(SECRET, code, NOW_MS, 0) is not None) is fits


def test_a_code_counts_once_and_none_before_it_any_more() -> None:
    now = step_of(NOW_MS)
    assert fitting_step(SECRET, code_at(SECRET, now), NOW_MS, used_step=now - 1) == now
    assert fitting_step(SECRET, code_at(SECRET, now), NOW_MS, used_step=now) is None
    assert fitting_step(SECRET, code_at(SECRET, now - 1), NOW_MS, used_step=now) is None
    assert fitting_step(SECRET, code_at(SECRET, now + 1), NOW_MS, used_step=now) == now + 1


@pytest.mark.parametrize("typed", ["", "12345", "abcdef", "１２３４５６", "\udcff", "x" * 1000])
def test_what_is_no_code_fits_nothing(typed: str) -> None:
    assert fitting_step(SECRET, typed, NOW_MS, 0) is None


def test_what_the_picture_says_is_what_is_typed() -> None:
    assert in_letters(SECRET) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"
    address = address_of(SECRET, "nguyễn hạnh")
    assert address.startswith(
        "otpauth://totp/motcua:nguy%E1%BB%85n%20h%E1%BA%A1nh?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&"
    )
    assert "issuer=motcua" in address and "period=30" in address
