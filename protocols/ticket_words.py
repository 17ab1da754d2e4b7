"""The words on a ticket that an office may say in its own way, and in other languages: `texts` of `down/config`.

A text of one of these names replaces the word; `<name>.<language>` is printed beneath it, `title.en`. A service's id
with a language names the service in it: `chung-thuc.en`. The device has the words themselves; this is for the fleet.
"""

TICKET_WORDS = (
    "title",
    "again",
    "priority",
    "ahead",
    "wait",
    "soon",
    "minutes",
    "up_to",
    "hotline",
    "scan",
    "not_appointment",
    "extra",
)
TEXT_AT_MOST = 80
TEXTS_AT_MOST = 40
# The whole configuration lies in a device's RAM while it is read.
