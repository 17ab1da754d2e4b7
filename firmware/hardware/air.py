"""What a board with a radio hears around it. It is lent: that is asked at the cable only."""


def scan(wlan) -> "list[tuple[str, int, bool]]":  # type: ignore[no-untyped-def]
    """The Wi-Fi in reach: (name, level in dBm, whether it is closed), the best of each name, the strongest first."""
    wlan.active(True)
    found: "dict[str, tuple[int, bool]]" = {}
    for ssid, _, _, level, security, _ in wlan.scan():
        try:
            name = str(ssid, "utf-8")
        except UnicodeError:
            continue  # nobody could type it
        if name and level > found.get(name, (-999, False))[0]:
            found[name] = level, security != 0
    return sorted([(name, level, closed) for name, (level, closed) in found.items()], key=lambda one: -one[1])


def level(wlan) -> "int | None":  # type: ignore[no-untyped-def]
    """How well the access point is heard, in dBm; None without one."""
    return wlan.status("rssi") if wlan.isconnected() else None  # type: ignore[no-any-return]
