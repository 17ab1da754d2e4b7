# Freezes contract and firmware, without the hardware of other families. Included by each board's manifest, which
# MicroPython's tools/makemanifest.py runs in this folder.
import os

options.defaults(family="", pins="")

others = {"rp2", "esp32", "simulated"} - {options.family}
for name in ("protocols", "firmware"):
    files = []
    for folder, folders, found in os.walk(os.path.join("..", "..", name)):
        folders[:] = sorted(set(folders) - {"boards", "__pycache__"})
        files += [os.path.relpath(os.path.join(folder, one), os.path.join("..", "..", name)) for one in sorted(found)]
    files = [
        one
        for one in files
        if one.endswith(".py")
        and (name, one) != ("protocols", "contract.py")
        and not (one.startswith("hardware") and os.path.basename(one)[:-3].split("_")[0] in others)
        and not (os.path.basename(one).startswith("pins_") and os.path.basename(one) != options.pins + ".py")
    ]
    package(name, tuple(files), base_path=os.path.join("..", ".."))
