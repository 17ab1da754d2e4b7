"""Runs the tests of one file on MicroPython: `run_tests.py <module>`; one JSON line for each test."""

import gc
import io
import json
import sys


def main(module):
    __import__(module)
    tests = sys.modules[module]
    for name in sorted(dir(tests)):
        if not name.startswith("test_"):
            continue
        gc.collect()
        trace = ""
        try:
            getattr(tests, name)()
        except Exception as err:
            out = io.StringIO()
            sys.print_exception(err, out)
            trace = out.getvalue()
        print(json.dumps({"test": name, "trace": trace}))


main(sys.argv[1])
