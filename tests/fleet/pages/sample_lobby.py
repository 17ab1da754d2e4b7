"""A lobby in the middle of a morning, for tests and for looking at the screen."""

from fleet.domain.lobby_now import CallShown, LobbyNow, LobbyQueue

MINUTE = 60_000


def busy_lobby(office: str, now_ms: int) -> LobbyNow:
    """Five counters have called; one service tells nothing."""
    calls = (
        CallShown("B019", "Quầy 3", "3", now_ms - 4_000, 0),
        CallShown("A044", "Quầy 1", "1", now_ms - 2 * MINUTE, 1),
        CallShown("T023", "Quầy 5", "5", now_ms - 3 * MINUTE, 0),
        CallShown("A043", "Quầy 2", "2", now_ms - 5 * MINUTE, 0),
        CallShown("C012", "Bàn hướng dẫn", "Bàn hướng dẫn", now_ms - 12 * MINUTE, 0),
    )
    queues = (
        LobbyQueue("A", "Hộ tịch, chứng thực", 6, (15, 30), ("A045", "A046")),
        LobbyQueue("B", "Đất đai, môi trường", 9, (50, 75), ()),
        LobbyQueue("C", "Đăng ký kinh doanh", 2, (10, 20), ("C013",)),
        LobbyQueue("D", "Lao động, người có công, bảo trợ xã hội", 1, None, ()),
        LobbyQueue("T", "Trả kết quả", 0, (0, 0), ()),
    )
    return LobbyNow(
        id=office,
        name="Trung tâm Phục vụ hành chính công phường Tân An",
        hotline="0292 3811 022",
        timezone="Asia/Ho_Chi_Minh",
        day="2026-11-23",
        now_ms=now_ms,
        pace=None,
        calls=calls,
        queues=queues,
        given_until_ms=1_795_429_800_000,
    )


def quiet_lobby(office: str, now_ms: int) -> LobbyNow:
    """Before the first call."""
    busy = busy_lobby(office, now_ms)
    queues = tuple(LobbyQueue(one.prefix, one.name, 0, (0, 0), ()) for one in busy.queues)
    return LobbyNow(busy.id, busy.name, busy.hotline, busy.timezone, busy.day, now_ms, 20.0, calls=(), queues=queues)
