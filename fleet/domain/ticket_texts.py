"""What staff may write on tickets: which words, in which languages, and how long."""

import re
from collections.abc import Collection, Mapping

from protocols.ticket_words import TEXT_AT_MOST, TEXTS_AT_MOST, TICKET_WORDS

LANGUAGE = re.compile(r"[a-z]{2,3}")
# ISO 639: en, zh, and mtq for Mường, hmn for H'Mông.


class BadText(ValueError):
    """A text cannot stand on a ticket; the text says why."""


def with_texts(kept: Mapping[str, str], new: Mapping[str, str], services: Collection[str]) -> dict[str, str]:
    """The office's texts with the new ones; an empty one takes a text back. Raises BadText, and then none is taken."""
    texts = dict(kept)
    for name, text in new.items():
        refuse_unknown(name, services)
        text = text.strip()
        if len(text) > TEXT_AT_MOST or not text.isprintable():
            raise BadText(
                f"{name}: expected one line of at most {TEXT_AT_MOST} characters, found {len(text)}: {text[:40]!r}"
            )
        texts.pop(name, None)
        if text:
            texts[name] = text
    if len(texts) > TEXTS_AT_MOST:
        raise BadText(f"texts: a device takes at most {TEXTS_AT_MOST}, found {len(texts)}")
    return texts


def refuse_unknown(name: str, services: Collection[str]) -> None:
    """Raises BadText where no word of the ticket has this name."""
    word, dot, language = name.partition(".")
    if dot and not LANGUAGE.fullmatch(language):
        raise BadText(f"{name}: expected a language of two or three small letters behind the dot, found {language!r}")
    if word not in TICKET_WORDS and not (dot and word in services):
        places = [*TICKET_WORDS, *(f"{service}.<language>" for service in sorted(services))]
        raise BadText(f"{name}: expected one of {', '.join(places)}, found {word!r}")
