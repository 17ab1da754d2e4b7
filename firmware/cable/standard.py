"""The requests that every Improv client knows: who is there, which Wi-Fi are there, and join this one."""

from firmware import VERSION
from firmware.identity import Network
from firmware.wifi import WifiError, wifi_of
from protocols import improv
from protocols.message import ProtocolError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from firmware.cable.talk import Talk


async def answer(talk: "Talk", command: int, data: bytes) -> None:
    """Answer one of them."""
    line, board = talk.line, talk.board
    if command == improv.WIFI:
        await take_wifi(talk, data)
    elif command == improv.ASK_STATE:
        line.state(improv.PROVISIONED if talk.wifi else improv.AUTHORIZED)
    elif command == improv.ASK_DEVICE:
        device = talk.offered.device if talk.offered else "motcua " + board.hw()[-4:]
        line.write(improv.result(improv.ASK_DEVICE, "motcua", VERSION, board.name, device))
    elif command == improv.SCAN:
        if board.wlan is not None:
            from firmware.hardware.air import scan

            for ssid, level, closed in scan(board.wlan):
                line.write(improv.result(improv.SCAN, ssid, str(level), "YES" if closed else "NO"))
        line.write(improv.result(improv.SCAN))
    else:
        line.error(improv.UNKNOWN_REQUEST)


async def take_wifi(talk: "Talk", data: bytes) -> None:
    """Join this Wi-Fi, and keep it for what is offered. A board without a radio only keeps it."""
    line, board = talk.line, talk.board
    try:
        ssid, password = improv.read_strings(data)
        said: "dict[str, str | None]" = {"ssid": ssid, "wifi_password": password or None}
        wifi = wifi_of(said, "motcua-" + board.hw()[-4:])
    except (ProtocolError, WifiError, ValueError):
        line.error(improv.INVALID)
        return
    line.state(improv.PROVISIONING)
    if board.wlan is not None:
        try:
            await board.join_network(Network("", 0, 5, None, wifi))
        except OSError:
            line.error(improv.NO_CONNECTION)
            line.state(improv.AUTHORIZED)
            return
    talk.wifi = said
    if talk.offered:
        talk.offered.network.update(said)
    line.error(improv.NO_ERROR)
    line.state(improv.PROVISIONED)
    line.write(improv.result(improv.WIFI))
