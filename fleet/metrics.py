"""What Prometheus reads of this process: docs/metrics.md is made of this file.

Every label has few values, which do not grow with the fleet: no device, office, ticket or person ever stands in one.
"""

from prometheus_client import Counter, Gauge, Histogram

BUILD = Gauge("motcua_build_info", "1; which process this is, and of which version.", ["process", "version", "python"])
READY = Gauge("motcua_ready", "Whether this process can do its work; /health/ready says what it lacks.")
ROUNDS = Counter("motcua_worker_rounds_total", "Rounds of a worker that went well.", ["worker"])
ROUNDS_FAILED = Counter("motcua_worker_rounds_failed_total", "Rounds of a worker that failed.", ["worker"])
CLOCK_SET = Counter("motcua_clock_set_total", "Times that this machine's clock was set, by two seconds or more.")
CLOCK_DOUBTED_S = Gauge(
    "motcua_clock_doubted_seconds", "By how much the clock leapt ahead and is not believed yet; 0: it is."
)
DISK_FREE = Gauge("motcua_disk_free_ratio", "What is free where the data lies: of its room, of its files.", ["of"])
COMMIT_S = Histogram(
    "motcua_database_commit_seconds",
    "Time of a commit, until the database said that it is on its disk.",
    buckets=(0.001, 0.005, 0.02, 0.1, 0.5, 2, 10),
)
DATABASE_ERRORS = Counter("motcua_database_errors_total", "What the database refused, by why.", ["why"])
PAGES_HEAR = Gauge("motcua_pages_hear", "1 while PostgreSQL tells this process what others change; 0: it looks.")
ANSWERED = Counter("motcua_requests_total", "Requests that were answered.", ["door", "status"])
ANSWER_S = Histogram(
    "motcua_request_seconds",
    "Time until an answer began; live streams, too.",
    ["door"],
    buckets=(0.01, 0.05, 0.2, 0.5, 1, 2, 5, 20),
)

MESSAGES = Counter("motcua_messages_total", "Messages from devices, by topic.", ["topic"])
EVENTS = Counter("motcua_events_total", "Events stored for the first time, by kind.", ["kind"])
REPEATED = Counter("motcua_events_repeated_total", "Events that were stored before.")
UNREADABLE = Counter("motcua_unreadable_total", "Messages and events that could not be read, by part.", ["part"])
COLLISIONS = Counter("motcua_collisions_total", "Different events under one identity: an alarm.")
BATCH = Histogram("motcua_receive_batch_messages", "Messages stored in one transaction.", buckets=(1, 5, 20, 100, 500))
STORE_S = Histogram("motcua_receive_store_seconds", "Time to store one batch of messages.")
STORE_FAILED = Counter("motcua_receive_store_failed_total", "Times that a batch could not be stored and waits.")
RECEIVE_LAG_S = Histogram(
    "motcua_receive_lag_seconds",
    "How long the message that waited longest of a batch lay here until it was committed.",
    buckets=(0.05, 0.1, 0.5, 1, 5, 20, 60, 300),
)
WAITING = Gauge("motcua_receive_waiting_messages", "Messages that wait to be stored.")
UNANSWERED = Gauge("motcua_send_waiting_messages", "Messages of devices that wait to be answered.")
SHED = Counter(
    "motcua_shed_total", "What was left aside since more came than could be done: health, births, pages.", ["what"]
)
LINK_S = Histogram("motcua_link_seconds", "Time to link one office's day.")
LINKED = Counter("motcua_linked_windows_total", "Days of offices that were linked.")
LINK_WAITING = Gauge("motcua_link_waiting_days", "Days of offices in which something waits to be linked.")
LINK_LAG_S = Gauge("motcua_link_lag_seconds", "How long one of them has waited at least, as far as this process saw.")
WANTS = Counter("motcua_wants_total", "Wishes of devices, by what and answer.", ["want", "answer"])
BROKER_UP = Gauge("motcua_broker_connected", "Whether this process is connected to the broker.", ["worker"])
BROKER_LOST = Counter("motcua_broker_lost_total", "Times that the broker was lost; it is found again.", ["worker"])
ACCESS_BEHIND = Gauge("motcua_broker_access_behind", "1 while the broker cannot be told which devices may connect.")
FORGOTTEN = Counter("motcua_forgotten_total", "What was deleted because its time was over, by class.", ["kept"])
PURGED = Gauge("motcua_purged_timestamp_seconds", "When what is over was forgotten last; 0: not yet.")
MAILS = Gauge("motcua_mails", "Letters: waiting, and done or dead (given up) within the last week.", ["state"])
ALERTS = Gauge("motcua_alerts_open", "Alerts that are open, by cause; fresh: nobody saw to them.", ["cause", "state"])
FLEET_LOST = Gauge("motcua_fleet_lost_devices", "Devices that vanished everywhere within minutes; 0: no such alert.")
DEVICES = Gauge("motcua_devices", "Devices of the fleet, by how they are connected.", ["presence"])
OUTBOX = Gauge("motcua_device_outbox_events", "Events that devices said are still with them, all devices together.")
SUPPLIED = Counter("motcua_supplied_bytes_total", "Bytes of releases that devices were given.")
SUPPLIED_PIECES = Counter("motcua_supplied_pieces_total", "Pieces of releases that devices were given.")
SUPPLY_REFUSED = Counter("motcua_supply_refused_total", "Wishes for pieces without one: by why.", ["reason"])
SUPPLY_WAITING = Gauge("motcua_supply_waiting_wishes", "Wishes for pieces that wait.")
ASSIGNED = Counter("motcua_releases_assigned_total", "Assignments of releases that devices were told.")
ROLLOUTS = Gauge("motcua_rollouts", "Rollouts that are not over; stopped: by themselves.", ["kind", "state"])
ALERTS_OPENED = Counter("motcua_alerts_opened_total", "Alerts that this process opened, by cause.", ["cause"])
ALERTS_CLOSED = Counter("motcua_alerts_closed_total", "Alerts that this process closed, by cause.", ["cause"])
BACKUP_AGE = Gauge("motcua_backup_age_seconds", "How old the last good backup is; infinity: none was ever made.")
CERTIFICATES = Gauge("motcua_certificate_expires_seconds", "For how long a certificate still holds, by use.", ["use"])
CERTIFICATES_UNSEEN = Gauge("motcua_certificate_unseen", "1 while a certificate can not be looked at.", ["use"])
