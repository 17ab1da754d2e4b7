"""The broker's access as the settings name it: files that Mosquitto reads, its dynamic security, or nothing of ours."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from fleet.domain.access import AccessFailed, BrokerAccess
from fleet.provisioning.access_dynsec import AccessDynsec
from fleet.provisioning.access_files import KEYS, AccessFiles
from fleet.provisioning.cutting import cut_off
from fleet.provisioning.dynsec_control import Control
from fleet.provisioning.reloading import reload_of
from fleet.settings import Settings

__all__ = ["AccessFailed", "BrokerAccess", "access_of", "cutting"]


def access_of(settings: Settings) -> BrokerAccess | None:
    """The driver of these settings; None where a person keeps the broker's lists. Raises AccessFailed if they lack."""
    if settings.broker_access == "none":
        return None
    if settings.broker_access == "files":
        return AccessFiles(folder_of(settings), reload_of(settings.broker_access_reload), cutting(settings))
    keys = None
    if settings.broker_access_files is not None:
        reload = reload_of(settings.broker_access_reload)
        keys = AccessFiles(settings.broker_access_files, reload, cutting(settings), names=(KEYS,))
    return AccessDynsec(Control(settings), settings.broker_user, cutting(settings), keys)


def folder_of(settings: Settings) -> Path:
    """Where the files are. Raises AccessFailed if nobody has said so."""
    if settings.broker_access_files is None:
        raise AccessFailed("MOTCUA_BROKER_ACCESS_FILES: expected the folder of Mosquitto's lists, found nothing")
    return settings.broker_access_files


def cutting(settings: Settings) -> Callable[[str], None]:
    """Ends the session of a device at the broker of these settings."""
    return partial(cut_off, settings)
