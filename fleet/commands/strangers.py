"""motcua devices strangers: whom the broker lets in of whom the registry has never heard, and their end."""

import time
from collections.abc import Sequence
from typing import Annotated

import typer

from fleet.commands.shared import Data, Refused, opened, out, say, settings_of
from fleet.domain.access import AccessFailed, BrokerAccess
from fleet.flows.may_connect import Registry
from fleet.provisioning.access import access_of

TOLD_WITHIN_S = 600.0
AGAIN_S = 0.1


def strangers(
    confirm: Annotated[bool, typer.Option("--confirm", help="They may no longer connect.")] = False, data: Data = None
) -> None:
    """Whom the broker lets in though the registry has never heard of them. Most of a fleet goes only if you say so."""
    try:
        access = access_of(settings_of(data))
        if access is None:
            raise Refused("MOTCUA_BROKER_ACCESS: expected files or dynsec, found none: you keep the broker's list")
        with opened(data) as store:
            registry = Registry(store)
            found = sorted(registry.strangers(access.listed()))
            for device in found:
                say(device)
            cut = let_go(access, registry) if found and confirm else []
    except AccessFailed as problem:
        raise Refused(str(problem)) from None
    if not found:
        out.print("the registry knows everybody whom the broker lets in")
    elif confirm:
        out.print(f"{len(found)} may no longer connect; {len(cut)} sessions were ended", highlight=False)
    else:
        out.print(f"{len(found)} in all; `motcua devices strangers --confirm` ends their right", highlight=False)


def let_go(access: BrokerAccess, registry: Registry) -> Sequence[str]:
    """The broker's list is the registry's; whose sessions were ended. Raises AccessFailed."""
    until_s = time.monotonic() + TOLD_WITHIN_S
    access.put(registry.may_connect().values())
    try:
        lost = list(access.apply())
        while access.in_doubt and time.monotonic() < until_s:
            time.sleep(AGAIN_S)
            lost += access.apply()
        for device in lost:
            access.cut(device)
    finally:
        access.leave()
    return lost
