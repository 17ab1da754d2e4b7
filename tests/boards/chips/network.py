"""The part of MicroPython's `network` that the boards use: a radio that joins after some looks, or says why not."""

import os

ESP32 = os.getenv("MOTCUA_CHIP") == "esp32"
STA_IF = 0
STAT_IDLE, STAT_CONNECTING, STAT_GOT_IP = (1000, 1001, 1010) if ESP32 else (0, 1, 3)
STAT_WRONG_PASSWORD, STAT_NO_AP_FOUND, STAT_CONNECT_FAIL = (202, 201, 203) if ESP32 else (-3, -2, -1)


class World:
    access_points = {"office": "secret-of-the-office"}
    looks = 0
    joins_after = 3
    hostname = None
    pm = None
    tried = []


def hostname(name):
    World.hostname = name


class WLAN:
    PM_NONE = 0 if ESP32 else 16

    def __init__(self, id):
        self._active = False
        self._status = STAT_IDLE
        self._left = 0

    def active(self, is_active=None):
        if is_active is None:
            return self._active
        self._active = is_active
        return None

    def config(self, *, pm):
        World.pm = pm

    def connect(self, ssid, key):
        assert self._active
        World.tried.append(ssid)
        wanted = World.access_points.get(ssid)
        self._left = World.joins_after
        self._status = STAT_CONNECTING
        self._ends = STAT_NO_AP_FOUND if wanted is None else STAT_GOT_IP if key == wanted else STAT_WRONG_PASSWORD

    def disconnect(self):
        self._status = STAT_IDLE

    def isconnected(self):
        World.looks += 1
        if self._status == STAT_CONNECTING:
            self._left -= 1
            if self._left <= 0:
                self._status = self._ends
        return self._status == STAT_GOT_IP

    def status(self):
        return self._status
