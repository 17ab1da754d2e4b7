"""What staff may write on tickets: which words, in which languages, and how long."""

import re
from collections.abc import Collection, Iterator, Mapping

from fleet.domain.unfit import Expected, Unfit, refuse
from protocols.ticket_words import TEXT_AT_MOST, TEXTS_AT_MOST, TICKET_WORDS

LANGUAGE = re.compile(r"[a-z]{2,3}")
# ISO 639: en, zh, and mtq for Mường, hmn for H'Mông.


class BadText(Unfit):
    """A text cannot stand on a ticket; the text says why, `field` is its name."""


def with_texts(kept: Mapping[str, str], new: Mapping[str, str], services: Collection[str]) -> dict[str, str]:
    """The office's texts with the new ones; an empty one takes a text back. Raises BadText, and then none is taken."""
    refuse(wrong_with_texts(kept, new, services))
    return changed_texts(kept, new)


def changed_texts(kept: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    """The texts as they will be, good or not."""
    texts = {**kept, **{name: text.strip() for name, text in new.items()}}
    return {name: text for name, text in texts.items() if text or name not in new}


def wrong_with_texts(kept: Mapping[str, str], new: Mapping[str, str], services: Collection[str]) -> Iterator[BadText]:
    """Why these can not stand there."""
    for name, text in new.items():
        yield from wrong_with_name(name, services)
        said = text.strip()
        if len(said) > TEXT_AT_MOST or not said.isprintable():
            found = f"{name}: expected one line of at most {TEXT_AT_MOST} characters, found {len(said)}: {said[:40]!r}"
            yield BadText(found, name, Expected.LINE, most=TEXT_AT_MOST)
    count = len(changed_texts(kept, new))
    if count > TEXTS_AT_MOST:
        yield BadText(f"texts: a device takes at most {TEXTS_AT_MOST}, found {count}")


def wrong_with_name(name: str, services: Collection[str]) -> Iterator[BadText]:
    """Whether no word of the ticket has this name."""
    word, dot, language = name.partition(".")
    if dot and not LANGUAGE.fullmatch(language):
        text = f"{name}: expected a language of two or three small letters behind the dot, found {language!r}"
        yield BadText(text, name)
    if word not in TICKET_WORDS and not (dot and word in services):
        places = [*TICKET_WORDS, *(f"{service}.<language>" for service in sorted(services))]
        yield BadText(f"{name}: expected one of {', '.join(places)}, found {word!r}", name)
