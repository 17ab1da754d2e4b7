"""The picture of a service at a kiosk, for whoever does not read: chosen by staff, or else by the words of its name.

Which pictures there are stands here; how they look, in `fleet/pages/static/icons.svg`.
"""

from collections.abc import Iterator, Mapping

from fleet.domain.place_rules import BadPlace
from fleet.domain.procedure_search import plain, words_of
from fleet.domain.unfit import Expected

USUAL = "document"
WORDS: Mapping[str, tuple[str, ...]] = {
    "result": ("tra ket qua", "nhan ket qua"),
    "identity": ("can cuoc", "cu tru", "cccd", "thuong tru", "tam tru"),
    "family": ("ho tich", "khai sinh", "ket hon", "khai tu", "tre em"),
    "seal": ("chung thuc", "cong chung", "sao y"),
    "land": ("dat dai", "dia chinh", "quyen su dung dat"),
    "business": ("kinh doanh", "doanh nghiep", "cong thuong", "thuong mai", "hop tac xa"),
    "building": ("xay dung", "nha o", "do thi", "quy hoach"),
    "insurance": ("bao hiem", "bhxh", "bhyt"),
    "health": ("y te", "suc khoe", "an toan thuc pham"),
    "school": ("giao duc", "dao tao", "truong hoc"),
    "traffic": ("giao thong", "van tai", "lai xe"),
    "care": ("bao tro", "nguoi co cong", "lao dong", "chinh sach", "viec lam", "xa hoi"),
    "nature": ("moi truong", "nong nghiep", "lam nghiep", "thuy san", "tai nguyen"),
    "culture": ("van hoa", "the thao", "du lich", "le hoi"),
    "money": ("tai chinh", "thue", "ke hoach", "phi va le phi"),
    "justice": ("tu phap", "hoa giai", "phap luat", "khieu nai", "to cao"),
    "online": ("truc tuyen", "dich vu cong", "so hoa", "thong tin"),
    "guide": ("huong dan", "ho tro"),
}
# The first of them whose words the name has.
ICONS = (USUAL, *WORDS)


def icon_of(chosen: str, name: str) -> str:
    """The picture that staff chose; where none is known of that name, the one that the service's own name calls for."""
    if chosen in ICONS:
        return chosen
    said = f" {' '.join(map(plain, words_of(name)))} "
    return next((icon for icon, words in WORDS.items() if any(f" {one} " in said for one in words)), USUAL)


def wrong_with_icon(chosen: object) -> Iterator[BadPlace]:
    """What is wrong with a picture that staff choose; empty is none of their own."""
    if chosen and chosen not in ICONS:
        text = f"icon: expected one of {', '.join(sorted(ICONS))}, found {str(chosen)[:40]!r}"
        yield BadPlace(text, "icon", Expected.CHOICE)
