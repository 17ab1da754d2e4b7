"""Reads and writes texts with the letters that are given, in every way in which a device does, and says how many names
the VM keeps before and after. They are in the environment (LETTERS), for an argument would be a name itself.
"""

import os

import micropython

from firmware.drivers import max7219
from firmware.roles import barcode_reader, call_display
from firmware.writing import plain, raster, tcvn3
from protocols.calls import Call
from protocols.dossier_code import parse_dossier_code
from protocols.identity import is_device_id, parse_event_id
from protocols.message import ProtocolError, fits_text
from protocols.signing import ticket_token
from protocols.ticket_code import parse_ticket_code
from protocols.wording import shown


def meet(letters):
    """All that looks at single letters."""
    assert fits_text(letters, 1_000)
    shown(letters)
    is_device_id(letters[:32])
    plain.plain(letters)
    plain.plain_marks(letters)
    tcvn3.text(letters)
    face.slots(letters)
    max7219.put(bytearray(64), letters, 0)
    call_display.clips(Call(id="kp-1/1/1/1", label=letters[:8], counter="1", expires=1))
    for text in ("https://example.org/?code=" + letters, "%".join([letters, "41", "7a", "2D", "C3"])):
        barcode_reader.in_address(text, "code= t=")
        barcode_reader.unquoted(text)
    for parse, text in (
        (parse_dossier_code, letters[:3] + "-261008-" + letters[:4]),
        (parse_event_id, "kp-1/1/1/" + letters[:3]),
        (parse_ticket_code, "MC1:x:7:" + (16 * letters)[:16]),
    ):
        try:
            parse(text)
        except ProtocolError:
            pass
    for number in range(1, 40):
        ticket_token("5a" * 32, "9f3a6c21", number)


face = raster.Face(raster.open_font(), 0)
meet("-")
micropython.qstr_info()
meet(os.getenv("LETTERS"))
micropython.qstr_info()
