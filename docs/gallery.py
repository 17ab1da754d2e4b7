"""Make the gallery of tickets: each printed by the shipping firmware on the simulated board, and drawn from its bytes.

Run by `make gallery`; takes a minute. The printer that draws them obeys the manuals and knows nothing of the firmware.
"""

import asyncio
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image

from fleet.laptop.printer import SimulatedPrinter
from fleet.laptop.ticket_picture import ticket_png
from tests.firmware.one_board import office, settled
from tests.firmware.simulated_fleet import DAY_MS, lease, now_ms

FOLDER = Path(__file__).parent / "pictures" / "tickets"
PAGE = Path(__file__).parent / "gallery.md"
WITHIN_S = 30.0
HEAP = "160k"
# A text with every letter of the language is longer than any that an office prints.

COLOURS = 32
OFFICE, SERVICE = "Bộ phận Một cửa phường Bến Nghé", "Hộ tịch – Chứng thực"
LONG_OFFICE = "Trung tâm Phục vụ hành chính công xã Nguyễn Nghiêm"
LONG_SERVICE = "Đất đai – Xây dựng – Tài nguyên và Môi trường"
LETTERS = (
    "Aa ĂăÂâ Bb Cc Dd Đđ Ee Êê ÀẢÃÁẠ ẰẲẴẮẶ ẦẨẪẤẬ ÈẺẼÉẸ ỀỂỄẾỆ ÌỈĨÍỊ ÒỎÕÓỌ ỒỔỖỐỘ ỜỞỠỚỢ ÙỦŨÚỤ ỪỬỮỨỰ ỲỶỸÝỴ"
    " àảãáạ ằẳẵắặ ầẩẫấậ èẻẽéẹ ềểễếệ ìỉĩíị òỏõóọ ồổỗốộ ờởỡớợ ùủũúụ ừửữứự ỳỷỹýỵ ƠơƯư Ôô"
)
ENGLISH = {
    "title": "QUEUE NUMBER",
    "priority": "PRIORITY",
    "ahead": "People ahead of you",
    "wait": "Wait",
    "minutes": "min",
    "up_to": "up to",
    "hotline": "Hotline",
    "scan": "Scan to follow your turn and rate us",
    "not_appointment": "This is not an appointment slip",
}
FRENCH = {
    "title.fr": "NUMÉRO D’ORDRE",
    "ahead.fr": "Personnes avant vous",
    "not_appointment.fr": "Ceci n’est pas un reçu de rendez-vous",
}
DOTS, OWN, ASCII = {"text": "raster", "qr": "raster"}, {"text": "tcvn3"}, {"text": "ascii"}
ALSO_ENGLISH = {f"{name}.en": text for name, text in ENGLISH.items() if name in ("title", "ahead", "not_appointment")}

TICKETS = (
    ("dots-58", "Drawn by the device, 58 mm", 384, DOTS, {}),
    ("dots-80", "Drawn by the device, 80 mm", 576, DOTS, {"office": LONG_OFFICE, "service": LONG_SERVICE}),
    ("letters-58", "Every Vietnamese letter, drawn by the device, 58 mm", 384, DOTS, {"texts": {"extra": LETTERS}}),
    (
        "letters-80",
        "Every Vietnamese letter on the printer's TCVN-3 pages, 80 mm",
        576,
        OWN,
        {"texts": {"extra": LETTERS}},
    ),
    ("tcvn3-58", "TCVN-3, 58 mm", 384, OWN, {}),
    ("tcvn3-80", "TCVN-3, 80 mm", 576, OWN, {"office": LONG_OFFICE, "service": LONG_SERVICE}),
    ("ascii-58", "Plain ASCII, a printer without a code of its own, 58 mm", 384, dict(ASCII, qr="raster"), {}),
    ("ascii-80", "Plain ASCII, 80 mm", 576, ASCII, {}),
    ("english-80", "In English, 80 mm", 576, DOTS, {"texts": ENGLISH, "service": "Civil status – Certification"}),
    ("three-58", "Vietnamese, English and French, 58 mm", 384, DOTS, {"texts": {**ALSO_ENGLISH, **FRENCH}}),
    ("again-58", "Printed again, 58 mm", 384, DOTS, {"again": True}),
    ("trial", "The technician's page", 576, OWN, {"trial": True}),
)


async def main() -> None:
    """Print each ticket, and write the page that shows them."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    lines = [
        "# Tickets",
        "",
        "Printed by the shipping firmware on the simulated board and drawn from the bytes it sent, by `make gallery`.",
        "",
    ]
    for name, title, width, model, wishes in TICKETS:
        picture = Image.open(BytesIO(await ticket(width, dict(model, width=width), wishes)))
        few = picture.quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        few.save(FOLDER / f"{name}.png", optimize=True)
        lines += [f"## {title}", "", f"![{title}](pictures/tickets/{name}.png)", ""]
    PAGE.write_text("\n".join(lines[:-1]) + "\n")


async def ticket(width: int, model: dict[str, object], wishes: dict[str, object]) -> bytes:
    """The picture of one ticket."""
    config = {
        "version": 1,
        "roles": ["printer"],
        "office": wishes.get("office", OFFICE),
        "hotline": "028 1022",
        "services": [{"button": 1, "service": "a", "prefix": "A", "name": wishes.get("service", SERVICE)}],
        "ticket_url": "https://motcua.bennghe.gov.vn/t/",
        "texts": wishes.get("texts", {}),
        "printer": model,
    }
    queue = {"services": [{"service": "a", "ahead": 4, "p50": 25, "p90": 40}], "expires": now_ms() + DAY_MS}
    told = {"leases": [dict(lease(), first=12)], "queue": queue}
    with tempfile.TemporaryDirectory() as folder:
        async with office(Path(folder), ("printer",), heap=HEAP, config=config, state=told) as (fleet, board, _):
            await settled(fleet, board)
            printer = SimulatedPrinter(board, width)
            printing = asyncio.create_task(printer.run())
            await asyncio.sleep(0)
            if "trial" in wishes:
                await board.press("reprint", held_ms=3_200)
            else:
                await board.press("priority", held_ms=60)
                await asyncio.sleep(0.2)
                await board.press("service_1", held_ms=60)
            one = await asyncio.wait_for(printer.next_slip(0), WITHIN_S)
            if "again" in wishes:
                await fleet.until(lambda: fleet.events("printed"), "a printed ticket")
                await board.press("reprint", held_ms=60)
                one = await asyncio.wait_for(printer.next_slip(1), WITHIN_S)
            printing.cancel()
            return ticket_png(one.slip)


if __name__ == "__main__":
    asyncio.run(main())
