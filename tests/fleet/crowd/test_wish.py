"""What kind of crowd is wanted, and whether this machine can hold it."""

import resource

import pytest

from fleet.crowd import limits
from fleet.crowd.latency import ms_of, quantile_ms, step_of
from fleet.crowd.seen import Seen, all_of, seen_of
from fleet.crowd.wish import BadWish, Wish, brokers_of, wish_of

LOCAL = (("127.0.0.1", 1883),)
FAR = (("broker.example.vn", 8883),)


def wish(devices: int, brokers: tuple[tuple[str, int], ...] = LOCAL, **more: object) -> Wish:
    return Wish(**{"first": 0, "to": devices, "brokers": brokers, "key": "00", "truth": "t", "seconds": 1, **more})  # type: ignore[arg-type]


def test_processes_share_offices_and_connections_and_come_from_addresses_of_their_own() -> None:
    shares = wish(1_005).shared(3)
    assert [(one.first, one.to) for one in shares] == [(0, 330), (330, 670), (670, 1_005)]
    assert sum(one.a_second for one in shares) == pytest.approx(200)
    assert [one.sources for one in shares] == [("127.0.0.2",), ("127.0.0.3",), ("127.0.0.4",)]
    assert wish(20, FAR).shared(2)[0].sources == ()
    with pytest.raises(BadWish, match="expected 1 to 2"):
        wish(20).shared(3)


def test_a_process_hears_what_it_is() -> None:
    told = wish(30, sources=("10.0.0.1",))
    assert wish_of(told.as_line()) == told


def test_brokers_are_named_with_a_port_or_without() -> None:
    assert brokers_of(["one:1884", "two"], 1883) == (("one", 1884), ("two", 1883))
    for wrong in (":1883", "one:", "one:0", "one:70000", "one:x"):
        with pytest.raises(BadWish, match="expected host:port"):
            brokers_of([wrong], 1883)


def test_too_few_open_files_or_ports_are_said_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1_024, 4_096))
    raised: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "setrlimit", lambda _, both: raised.append(both))
    monkeypatch.setattr(limits, "free_ports", lambda: 1_500)
    limits.refuse_limits(wish(1_400).shared(1))
    assert raised == [(1_464, 4_096)]
    with pytest.raises(BadWish, match="open files: 5000 devices in a process need 5064, found a limit of 4096"):
        limits.refuse_limits(wish(5_000).shared(1))
    with pytest.raises(BadWish, match="2000 devices go from this machine to"):
        limits.refuse_limits(wish(2_000, FAR).shared(2))
    limits.refuse_limits(wish(2_000, FAR, sources=("10.0.0.1", "10.0.0.2")).shared(2))
    assert limits.processes_for(100_000) == 25, "each has as many as it may open files"
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1_024, resource.RLIM_INFINITY))
    assert limits.processes_for(100_000) == 5


def test_what_several_processes_saw_adds_up() -> None:
    one, other = Seen(devices=3, said=5, trouble="refused"), Seen(devices=4)
    one.latency[step_of(100)] += 99
    other.latency[step_of(2_000)] += 1
    together = all_of(seen_of(seen.as_line()) for seen in (one, other))
    assert (together.devices, together.said, together.trouble) == (7, 5, "refused")
    for share, ms in ((0.5, 100), (1.0, 2_000)):
        assert quantile_ms(together.latency, share) == pytest.approx(ms, rel=0.05)
    assert quantile_ms({}, 0.5) is None and ms_of(step_of(0)) == pytest.approx(0.1)
