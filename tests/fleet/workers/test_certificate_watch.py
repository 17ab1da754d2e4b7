"""Certificates in files and of a real Mosquitto are looked at; who is written of alerts hears before one ends."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from fleet.authority import issue, make_authority
from fleet.authority_folder import AuthorityFolder
from fleet.broker_client import broker_client
from fleet.clock import now_ms
from fleet.domain.certificate_names import names_of
from fleet.domain.certificates import DAY_MS, Use
from fleet.flows import alert_rules, mails
from fleet.flows.watch_certificates import known, measure
from fleet.settings import Settings
from fleet.store.database import Store
from fleet.workers.certificate_watch import CertificateWatch
from tests.firmware.simulated_fleet import Broker
from tests.fleet.office import OFFICE

HERE = "127.0.0.1"


def authority(folder: Path) -> AuthorityFolder:
    """An authority, and what it signed for a broker and for pages."""
    now, here = datetime.now(UTC), AuthorityFolder(folder)
    made = make_authority("Một cửa", names_of([HERE]), now + timedelta(days=400))
    here.keep(made, "mười hai con giáp", None)
    here.keep_issued("broker", issue(made, [HERE], now, 20, for_devices=True))
    here.keep_issued("pages", issue(made, [HERE], now, 300, for_devices=False))
    return here


def look(store: Store, settings: Settings, at_ms: int) -> None:
    """One round of the watch, at this moment."""
    CertificateWatch(store, settings, lambda: at_ms, look_s=0).round()


def test_the_certificates_of_a_fleet_are_watched(store: Store, tmp_path: Path) -> None:
    here = authority(tmp_path / "ca")
    door = f"certfile {here.issued / 'broker.crt'}\nkeyfile {here.issued / 'broker.key'}\nallow_anonymous true\n"
    broker = Broker(tmp_path, door=door)
    settings = Settings(
        listen_tls_cert=here.issued / "pages.crt",
        listen_tls_key=here.issued / "pages.key",
        broker_host=HERE,
        broker_port=broker.devices_port,
        broker_tls=True,
        broker_tls_ca=here.certificate_file,
        devices_tls="cert",
        devices_tls_ca=here.certificate_file,
    )
    alert_rules.set_limits(store, OFFICE, {"mail": ["ky-thuat@example.vn"]})
    broker.start()
    try:
        look(store, settings, now_ms())
        look(store, settings, now_ms())
        assert reaches(settings)
        assert not reaches(
            settings.model_copy(update={"broker_tls_ca": authority(tmp_path / "other").certificate_file})
        )
    finally:
        broker.kill()
    days = {one.use: one.days_left(now_ms()) for one in known(store)}
    assert days == {Use.BROKER: 19, Use.DEVICES: 19, Use.PAGES: 299, Use.AUTHORITY: 399}
    assert [one.name for one in known(store)][:3] == [HERE] * 3
    later = now_ms() + 25 * DAY_MS
    look(store, settings, later)
    unseen = {one.use: one.trouble for one in known(store) if one.trouble}
    assert set(unseen) == {Use.BROKER, Use.DEVICES} and "refused" in unseen[Use.BROKER]
    subjects = [row.subject for row in reversed(mails.last(store, 9))]
    assert subjects == [
        "motcua: chứng thư mà broker đưa cho máy chủ còn 19 ngày",
        "motcua: chứng thư mà broker đưa cho thiết bị còn 19 ngày",
        "motcua: chứng thư mà broker đưa cho máy chủ đã hết hạn",
        "motcua: chứng thư mà broker đưa cho thiết bị đã hết hạn",
    ], "each once, although it is looked at each hour, and of one that nobody sees any more, too"
    measure(store, later)
    told = REGISTRY.get_sample_value("motcua_certificate_expires_seconds", {"use": "broker"})
    assert told is not None and -6 * 86_400 < told < -4 * 86_400
    assert REGISTRY.get_sample_value("motcua_certificate_unseen", {"use": "broker"}) == 1
    look(store, Settings(), later)
    measure(store, later)
    assert known(store) == [], "TLS was switched off"
    assert REGISTRY.get_sample_value("motcua_certificate_expires_seconds", {"use": "broker"}) is None


def reaches(settings: Settings) -> bool:
    """Whether the fleet comes through to the broker, whose certificate it checks."""
    client, came = broker_client(settings), threading.Event()
    client.on_connect = lambda *_: came.set()
    try:
        client.connect(settings.broker_host, settings.broker_port)
    except OSError:
        return False
    client.loop_start()
    try:
        return came.wait(60)
    finally:
        client.disconnect()
        client.loop_stop()


@pytest.mark.parametrize("wrong", ["no certificate", None])
def test_what_is_no_certificate_is_said(tmp_path: Path, wrong: str | None) -> None:
    store, file = Store("sqlite://"), tmp_path / "pages.crt"
    store.migrate()
    if wrong is not None:
        file.write_text(wrong)
    look(store, Settings(listen_tls_cert=file), now_ms())
    (one,) = known(store)
    assert one.ends_ms is None and ("expected a certificate" in one.trouble or "no such file" in one.trouble)
    store.close()
