#!/usr/bin/env python3
"""Runs scripts/demo with the programs of a build folder, to its end and into Ctrl-C.

usage: check_demo.py ROOT BUILD
"""
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile

SKIPPED = 77


class Demo:
    """One run, in a process group and a folder for temporary files of its own."""

    def __init__(self, root, build, temporary):
        self.temporary = temporary
        self.child = subprocess.Popen([root / "scripts/demo", "--build", build], text=True, start_new_session=True,
                                      env={**os.environ, "TMPDIR": temporary, "TERM": "dumb"},
                                      stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def read_until(self, text):
        said = ""
        for line in self.child.stdout:
            said += line
            if text in line:
                return said
        raise AssertionError(f"the demo ended without {text!r}: {said}")

    def interrupt(self):
        os.killpg(self.child.pid, signal.SIGINT)  # as a terminal does, to the whole group

    def finish(self):
        out = self.child.communicate(timeout=120)[0]
        return self.child.returncode, out

    def leftovers(self):
        """Files it made, and processes that were started with one of them."""
        found = sorted(os.listdir(self.temporary))
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if self.temporary in command:
                found.append(command)
        return found


def check_end(root, demo):
    status, out = demo.finish()
    plain = re.sub(r"\x1b\[[0-9;]*m", "", out)
    assert status == 0, f"exit status {status}: {plain}"
    assert "| IS-" in plain, f"no rows in it: {plain}"
    assert re.search(r"200 leases over [1-3] connections?", plain), f"no statistics in it: {plain}"
    lines = plain.splitlines()[-4:]
    assert lines[0] == "Three files to look at next", f"its last lines: {lines}"
    for line in lines[1:]:
        name = line.split()[0]
        assert (root / name).is_file(), f"it names {name}, which is not there"
    return plain


def check_interrupt(demo, moment):
    said = demo.read_until(moment)
    server = [entry for entry in demo.leftovers() if "hive-sandbox" in entry]
    assert server, f"nothing runs at {moment!r}: {said}"
    demo.interrupt()
    status, out = demo.finish()
    assert status == 130, f"exit status {status} after Ctrl-C at {moment!r}: {out}"
    assert "demo: interrupted" in out, f"it does not say that it was interrupted: {out}"


def main():
    if not os.path.isdir("/usr/share/iso-codes/json"):
        print("skipped: the demo's data, package iso-codes, is not installed")
        return SKIPPED
    # A shell starts background jobs with Ctrl-C ignored, and the demo would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    root, build = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    for check in (lambda demo: check_end(root, demo),
                  lambda demo: check_interrupt(demo, "3. The properties file"),
                  lambda demo: check_interrupt(demo, "6. Eight workers")):
        with tempfile.TemporaryDirectory() as temporary:
            demo = Demo(root, build, temporary)
            try:
                check(demo)
                left = demo.leftovers()
                assert not left, f"it left behind: {left}"
            finally:
                try:
                    os.killpg(demo.child.pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except AssertionError as finding:
        sys.exit(str(finding))
