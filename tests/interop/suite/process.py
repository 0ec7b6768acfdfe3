"""Runs programs and tells what they cost."""
import dataclasses
import os
import queue
import signal
import subprocess
import threading
import time

from .report import Failure

DEVNULL = subprocess.DEVNULL


@dataclasses.dataclass
class Result:
    status: int
    out: str
    err: str
    wall: float     # seconds
    cpu: float      # seconds of user and system time, children included
    peak_mib: float  # resident memory at its highest

    def first_error_line(self):
        return self.err.splitlines()[0] if self.err else ""


class Running:
    """A child process whose two outputs are read as they come."""

    def __init__(self, command, *, stdin=None, env=None, out_file=None):
        self.command = [str(part) for part in command]
        self.began = time.monotonic()
        self.peak_kib = 0
        self._status = None
        self.child = subprocess.Popen(
            self.command, stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL,
            stdout=out_file or subprocess.PIPE, stderr=subprocess.PIPE,
            env={**os.environ, **(env or {})}, start_new_session=True)
        self._err = []
        self._readers = [_reader(self.child.stderr, self._err)]
        if stdin:
            self.child.stdin.write(stdin.encode())
        if stdin is not None:
            self.child.stdin.close()

    def interrupt(self):
        self.child.send_signal(signal.SIGINT)

    def err(self):
        return b"".join(self._err).decode(errors="replace")

    def finish(self, limit=120):
        """Waits for the end, reading what is still to be read; too late is a failure."""
        out = []
        if self.child.stdout:
            self._readers.append(_reader(self.child.stdout, out))
        usage = self._await_end(limit)
        for reader in self._readers:
            reader.join(timeout=10)
        return Result(self._status, b"".join(out).decode(errors="replace"), self.err(),
                      time.monotonic() - self.began, usage.ru_utime + usage.ru_stime, self.peak_kib / 1024)

    def _await_end(self, limit):
        pid = self.child.pid
        while True:
            self._look_at_memory(pid)
            ended, status, usage = os.wait4(pid, os.WNOHANG)
            if ended:
                self._status = self.child.returncode = os.waitstatus_to_exitcode(status)
                return usage
            if time.monotonic() - self.began > limit:
                self.kill()
                raise Failure(f"{self.command[0]} was still running after {limit} s; it said: {self.err()[-300:]}")
            time.sleep(0.02)

    def _look_at_memory(self, pid):
        # Not the children's ru_maxrss: that one counts what the parent held when it forked.
        try:
            with open(f"/proc/{pid}/status") as status:
                for line in status:
                    if line.startswith("VmHWM:"):
                        self.peak_kib = int(line.split()[1])
        except OSError:
            pass

    def kill(self):
        """Ends the child and what it started."""
        try:
            os.killpg(self.child.pid, signal.SIGKILL)
            self.child.wait()
        except ProcessLookupError:
            pass


class Conversation:
    """A child that answers each line with one line."""

    def __init__(self, command, env=None):
        self.child = subprocess.Popen([str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                      text=True, env={**os.environ, **(env or {})})
        self.lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.child.stdout:
            self.lines.put(line.rstrip("\n"))
        self.lines.put(None)

    def ask(self, line, limit=60):
        self.child.stdin.write(line + "\n")
        self.child.stdin.flush()
        return self.listen(line, limit)

    def listen(self, line="nothing yet", limit=60):
        """The next line, which answers `line`."""
        try:
            answer = self.lines.get(timeout=limit)
        except queue.Empty:
            raise Failure(f"no answer to {line!r} within {limit} s") from None
        if answer is None:
            raise Failure(f"{self.child.args[0]} ended when asked {line!r}")
        return answer

    def kill(self):
        self.child.kill()
        self.child.wait()


def _reader(stream, parts):
    def read():
        while data := stream.read1(1 << 16):
            parts.append(data)
    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    return thread


def run(command, *, limit=120, **more):
    return Running(command, **more).finish(limit)
