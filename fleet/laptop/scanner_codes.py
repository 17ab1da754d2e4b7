"""Codes to hold before a simulated reader: papers, and an identity card that belongs to nobody."""

from dataclasses import dataclass

IDENTITY_CARD = "000000000000||NGUYỄN VĂN MÔ PHỎNG|01011945|Nam|1 đường Không Có Thật, khu phố Giả Định|01012021"
# Number, older number, name, birth, sex, address, day of issue, as on the card; the holder is over 75 years old.

UNKNOWN_CODE = "8935000000000"


@dataclass(frozen=True)
class SampleCode:
    """A code with the key of its name in the languages' files."""

    name: str
    code: str


def sample_codes(dossiers: tuple[str, ...], ticket: str) -> tuple[SampleCode, ...]:
    """What lies on the table: two dossiers, the last ticket (empty: none yet), a bar of soap, an identity card."""
    older = next((code for code in dossiers if code[0].isdigit()), None)
    newer = next((code for code in reversed(dossiers) if code[0].isalpha()), None)
    found = [SampleCode("dossier_older", older), SampleCode("dossier_newer", newer)] if older and newer else []
    ready = (
        SampleCode("ticket", ticket),
        SampleCode("unknown", UNKNOWN_CODE),
        SampleCode("identity_card", IDENTITY_CARD),
    )
    return (*found, *ready)
