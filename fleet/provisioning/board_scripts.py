"""The scripts that run on a board, by MicroPython: what it is, and how it takes files and begins anew."""

ON_BOARD = """\
import binascii, gc, hashlib, os
_top = os.getcwd().rstrip("/") + "/"
_file = None
def _hash(path):
    digest, room = hashlib.sha256(), bytearray(512)
    with open(_top + path, "rb") as f:
        while True:
            count = f.readinto(room)
            if not count:
                return binascii.hexlify(digest.digest()).decode()
            digest.update(memoryview(room)[:count])
def _walk(folder):
    try:
        names = [one[:2] for one in os.ilistdir(_top + folder)]
    except OSError:
        return
    for name, kind in names:
        path = folder + "/" + name
        if kind == 0x4000:
            _walk(path)
        else:
            print(path, _hash(path))
def _start():
    try:
        print("main.py", _hash("main.py"))
    except OSError:
        pass
def _take(path, first, last, data):
    global _file
    if first:
        at = path.find("/")
        while at > 0:
            try:
                os.mkdir(_top + path[:at])
            except OSError:
                pass
            at = path.find("/", at + 1)
        _file = open(_top + path + ".new", "wb")
    _file.write(binascii.a2b_base64(data))
    if last:
        _file.close()
        if _hash(path + ".new") != last:
            raise ValueError("written, and read back as something else")
        os.rename(_top + path + ".new", _top + path)
gc.collect()
"""
FOLDERS = ("lib/firmware", "lib/protocols")
# They hold nothing but the firmware: what else lies there is of another version and could be imported.
LIST = "_start()\n" + "".join(f"_walk({folder!r})\n" for folder in FOLDERS)
# With what ON_BOARD defines: each file of ours, and its hash.
PROBE = """\
import json, os, sys
try:
    import machine, binascii
    _hw = binascii.hexlify(machine.unique_id()).decode()
except (ImportError, AttributeError):
    _hw = os.getenv("MOTCUA_HW")
try:
    _machine = os.uname().machine
except AttributeError:
    _machine = getattr(sys.implementation, "_machine", sys.platform)
def _is(path):
    try:
        os.stat(os.getcwd().rstrip("/") + "/" + path)
        return True
    except OSError:
        return False
_who = None
try:
    with open(os.getcwd().rstrip("/") + "/identity.json") as _f:
        _who = json.load(_f)["device"]
except (OSError, ValueError, KeyError, TypeError):
    pass
_frozen = False
if not _is("lib/firmware"):
    try:
        import firmware
        _frozen = True
    except ImportError:
        pass
print(json.dumps({"hw": _hw, "machine": _machine + " " + sys.platform, "version": sys.version.split(";")[-1],
    "start": _is("main.py"), "frozen": _frozen, "device": _who}))
"""
RESET = "import machine\nmachine.reset()\n"
