"""What is appended stays, in order, until a receipt covers it, over boots and epochs."""

from tests.firmware.outboxes import BOOT, EPOCH, drained, filled, on_every_store, segments


@on_every_store
def test_events_are_numbered_from_one_and_leave_in_order(flash):
    box = flash().opened()
    assert filled(box, 5) == [1, 2, 3, 4, 5]
    assert drained(box)[0] == [(BOOT, seq) for seq in (1, 2, 3, 4, 5)]
    assert box.waiting() == 5 and box.oldest(EPOCH, BOOT) == 1


@on_every_store
def test_a_batch_is_at_most_one_kibibyte_and_says_the_oldest(flash):
    box = flash().opened()
    filled(box, 60)
    seen, batches = drained(box)
    assert [seq for _, seq in seen] == list(range(1, 61))
    assert len(batches) > 4
    assert all([batch["oldest"] == 1 for batch in batches])
    assert len(box.batch(-1, 0).payload) <= 1024


@on_every_store
def test_an_event_can_be_sent_alone(flash):
    box = flash().opened()
    filled(box, 3)
    sending = box.batch(BOOT, 1, alone=True)
    assert (sending.first, sending.last) == (2, 2)


@on_every_store
def test_everything_is_there_after_a_boot(flash):
    flash = flash()
    filled(flash.opened(), 150)
    box = flash.opened(boot=BOOT + 1)
    filled(box, 2)
    assert drained(box)[0] == [(BOOT, seq) for seq in range(1, 151)] + [(BOOT + 1, 1), (BOOT + 1, 2)]
    assert box.newest == (BOOT + 1, 2)


@on_every_store
def test_a_receipt_lets_go_what_it_covers(flash):
    flash = flash()
    box = flash.opened()
    filled(box, 450)
    many = segments(box)
    box.forget(EPOCH, BOOT, 400)
    box.tend()
    assert segments(box) < many
    assert drained(box)[0] == [(BOOT, seq) for seq in range(401, 451)]
    assert box.waiting() == 50 and box.oldest(EPOCH, BOOT) == 401
    box.forget(EPOCH, BOOT, 450)
    assert box.waiting() == 0 and box.oldest(EPOCH, BOOT) is None
    assert segments(box) == 1
    assert filled(box, 1) == [451]
    assert drained(box)[1][0]["oldest"] == 451


@on_every_store
def test_a_receipt_of_another_epoch_or_boot_lets_go_nothing(flash):
    box = flash().opened()
    filled(box, 3)
    box.forget(EPOCH + 1, BOOT, 3)
    box.forget(EPOCH, BOOT - 1, 3)
    assert box.waiting() == 3


@on_every_store
def test_an_older_receipt_changes_nothing(flash):
    box = flash().opened()
    filled(box, 5)
    box.forget(EPOCH, BOOT, 4)
    box.forget(EPOCH, BOOT, 2)
    assert drained(box)[0] == [(BOOT, 5)]


@on_every_store
def test_receipts_of_boots_in_any_order(flash):
    flash = flash()
    filled(flash.opened(), 3)
    box = flash.opened(boot=BOOT + 1)
    filled(box, 3)
    box.forget(EPOCH, BOOT + 1, 2)
    assert drained(box)[0] == [(BOOT, 1), (BOOT, 2), (BOOT, 3), (BOOT + 1, 3)]
    box.forget(EPOCH, BOOT, 3)
    assert drained(box)[0] == [(BOOT + 1, 3)] and box.waiting() == 1


@on_every_store
def test_a_few_forgotten_events_are_sent_again_after_a_boot_many_are_not(flash):
    flash = flash()
    box = flash.opened()
    filled(box, 90)
    box.forget(EPOCH, BOOT, 3)
    box.tend()
    again = flash.opened(boot=BOOT + 1)
    assert drained(again)[0] == [(BOOT, seq) for seq in range(1, 91)] and again.waiting() == 90
    box.forget(EPOCH, BOOT, 88)
    box.tend()
    again = flash.opened(boot=BOOT + 1)
    assert drained(again)[0] == [(BOOT, 89), (BOOT, 90)] and again.waiting() == 2


@on_every_store
def test_boots_that_are_done_with_are_not_sent_again_however_short_this_one_is(flash):
    flash = flash()
    for boot in range(BOOT, BOOT + 4):
        filled(flash.opened(boot=boot), 2, kind="fault" if boot % 2 else "rating")
    for boot in range(BOOT, BOOT + 4):
        box = flash.opened(boot=boot + 10)
        assert box.batch(-1, 0).boot == boot
        box.forget(EPOCH, boot, 2)
    assert drained(flash.opened(boot=BOOT + 20))[0] == []


@on_every_store
def test_what_was_forgotten_before_a_reset_stays_so(flash):
    flash = flash()
    box = flash.opened()
    filled(box, 5)
    box.forget(EPOCH, BOOT, 3)
    box.close()
    assert drained(flash.opened(boot=BOOT + 1))[0] == [(BOOT, 4), (BOOT, 5)]


@on_every_store
def test_without_an_epoch_events_are_kept_and_not_sent(flash):
    flash = flash()
    box = flash.opened(epoch=None)
    filled(box, 3)
    assert drained(box)[0] == [] and box.waiting() == 3
    box.adopt(5)
    filled(box, 1)
    for one in (box, flash.opened(epoch=5, boot=BOOT + 1), flash.opened(epoch=6, boot=BOOT + 1)):
        seen, batches = drained(one)
        assert [seq for _, seq in seen] == [1, 2, 3, 4]
        assert [batch["epoch"] for batch in batches] == [5] * len(batches)


@on_every_store
def test_a_cut_before_the_epoch_is_written_down_is_made_good(flash):
    flash = flash()
    filled(flash.opened(epoch=None), 3)
    assert drained(flash.opened(epoch=5, boot=BOOT + 1))[1][0]["epoch"] == 5
    assert drained(flash.opened(epoch=6, boot=BOOT + 2))[1][0]["epoch"] == 5


@on_every_store
def test_events_keep_the_epoch_they_were_recorded_under(flash):
    box = flash().opened(epoch=5)
    filled(box, 2)
    box.adopt(6)
    filled(box, 1)
    batches = drained(box)[1]
    assert [(batch["epoch"], len(batch["events"])) for batch in batches] == [(5, 2), (6, 1)]
    assert batches[1]["oldest"] == 3


@on_every_store
def test_what_another_device_left_is_never_sent(flash):
    flash = flash()
    filled(flash.opened(owner="tp-1"), 3)
    box = flash.opened(owner="tp-2")
    assert (box.foreign, box.waiting()) == (1, 0)
    filled(box, 1)
    again = flash.opened(owner="tp-2", boot=BOOT + 1)
    assert drained(again)[0] == [(BOOT, 1)] and again.foreign == 0


@on_every_store
def test_every_event_comes_back_as_it_was(flash):
    box = flash().opened()
    at = 1_795_323_600_000
    events = [
        {"kind": "ticket", "service": "ho-tich", "number": 7, "lease": "may-in-1/3/7", "up": 5, "at": at},
        {"kind": "ticket", "service": "ho-tich", "number": 9999, "lease": "may-in-1/3/8", "up": 6, "at": at - 1},
        {"kind": "scan", "what": "dossier", "code": "H15.50.05.13-261008-0975", "senior": True, "up": 1 << 40, "at": 3},
        {"kind": "rating", "score": 5, "armed": "kp-1/3/7/0118", "held_ms": 0, "up": 0, "at": None},
        {"kind": "fault", "part": "máy in", "reason": "“giấy” " * 30, "up": -1, "at": -5},
        {"kind": "something new", "priority": "priority", "list": [1, {"a": None}], "real": 1.5, "low": -200},
        {"kind": "call", "number": None, "senior": False, "service": "1/2", "up": (1 << 53) - 1, "at": (1 << 53) - 1},
    ]
    for _ in range(60):
        for event in events:
            box.append(dict(event))
    batches = drained(box)[1]
    came = [event for batch in batches for event in batch["events"]]
    for seq in range(1, len(came) + 1):
        assert came[seq - 1] == dict(events[(seq - 1) % len(events)], seq=seq), came[seq - 1]
