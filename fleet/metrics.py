"""What Prometheus reads of this process. No label ever holds a device's id."""

from prometheus_client import Counter, Gauge, Histogram

MESSAGES = Counter("motcua_messages_total", "Messages from devices, by topic.", ["topic"])
EVENTS = Counter("motcua_events_total", "Events stored for the first time, by kind.", ["kind"])
REPEATED = Counter("motcua_events_repeated_total", "Events that were stored before.")
UNREADABLE = Counter("motcua_unreadable_total", "Messages and events that could not be read, by part.", ["part"])
COLLISIONS = Counter("motcua_collisions_total", "Different events under one identity: an alarm.")
BATCH = Histogram("motcua_receive_batch_messages", "Messages stored in one transaction.", buckets=(1, 5, 20, 100, 500))
STORE_S = Histogram("motcua_receive_store_seconds", "Time to store one batch of messages.")
STORE_FAILED = Counter("motcua_receive_store_failed_total", "Times that a batch could not be stored and waits.")
WAITING = Gauge("motcua_receive_waiting_messages", "Messages that wait to be stored.")
LINK_S = Histogram("motcua_link_seconds", "Time to link one office's day.")
LINKED = Counter("motcua_linked_windows_total", "Days of offices that were linked.")
WANTS = Counter("motcua_wants_total", "Wishes of devices, by what and answer.", ["want", "answer"])
BROKER_UP = Gauge("motcua_broker_connected", "Whether this process is connected to the broker.", ["worker"])
ACCESS_BEHIND = Gauge("motcua_broker_access_behind", "1 while the broker cannot be told which devices may connect.")
FORGOTTEN = Counter("motcua_forgotten_total", "What was deleted because its time was over, by class.", ["kept"])
MAILS = Gauge("motcua_mails", "Letters: waiting, and done or dead (given up) within the last week.", ["state"])
ALERTS = Gauge("motcua_alerts_open", "Alerts that are open, by cause; fresh: nobody saw to them.", ["cause", "state"])
FLEET_LOST = Gauge("motcua_fleet_lost_devices", "Devices that vanished everywhere within minutes; 0: no such alert.")
ALERTS_OPENED = Counter("motcua_alerts_opened_total", "Alerts that this process opened, by cause.", ["cause"])
ALERTS_CLOSED = Counter("motcua_alerts_closed_total", "Alerts that this process closed, by cause.", ["cause"])
