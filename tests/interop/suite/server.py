"""One real server at a time, through scripts/real-hive."""
import functools
import os
import pathlib
import re
import shlex
import signal
import subprocess
import time

from .process import run
from .report import Failure, Skip, last_line, one_line

REAL_HIVE = pathlib.Path(__file__).resolve().parents[3] / "scripts/real-hive"
UNAVAILABLE = 77


@functools.cache
def _fetched(kind):
    return run([REAL_HIVE, "fetch", kind], limit=1800)


def fetch(kind):
    """Once; where a registry does not answer, asking it again for each case would take hours."""
    if _fetched(kind).status:
        raise Skip(last_line(_fetched(kind).err) or f"the packages of {kind} could not be fetched")


class RealServer:
    def __init__(self, name, run_dir):
        self.name = name
        self.kind, self.auth = name.split("-", 1)
        self.has_kerberos = "kerberos" in self.auth
        self.qop = self.auth.removeprefix("http-").replace("kerberos", "auth", 1)
        if self.has_kerberos:
            self.auth = "kerberos"
        self.has_tls = self.auth == "tls"  # and the authentication that is the default
        self.has_http = self.auth == "http"
        self.auth = {"tls": "none", "http": "none", "zookeeper": "none", "http-tls": "ldap"}.get(self.auth, self.auth)
        self.run_dir = run_dir / name
        self.known = {}

    def start(self, port=0):
        fetch(self.kind)
        started = run([REAL_HIVE, "start", self.name, self.run_dir, port], limit=300, out_file=subprocess.DEVNULL)
        if started.status == UNAVAILABLE:
            raise Skip(last_line(started.err))
        if started.status:
            raise Failure(one_line(started.err))
        words = shlex.split((self.run_dir / "env").read_text())
        self.known = dict(word.split("=", 1) for word in words)

    def restart(self):
        self.start(self.known["port"])

    def kill(self):
        os.kill(int(self.known["pid"]), signal.SIGKILL)
        while self.is_running():
            time.sleep(0.05)

    def is_running(self):
        return os.path.exists(f"/proc/{self.known['pid']}/cwd")

    def stop(self):
        if self.run_dir.is_dir():
            run([REAL_HIVE, "stop", self.run_dir])

    def log_size(self):
        log = self.run_dir / "log"
        return log.stat().st_size if log.is_file() else 0

    def complaints(self, begin, at_most=20):
        """The last lines of its log behind that place in which something was wrong."""
        with open(self.run_dir / "log", "rb") as log:
            log.seek(begin if begin <= self.log_size() else 0)  # a restart may begin it anew
            lines = log.read().decode(errors="replace").splitlines()
        return [line for line in lines if re.search(r" (WARN|ERROR|FATAL) |Exception", line)][-at_most:]

    @property
    def url(self):
        return self.known["url"]

    @property
    def environment(self):
        """What a client needs to find the realm and its user's ticket."""
        if not self.has_kerberos:
            return {}
        return {"KRB5_CONFIG": self.known["krb5_config"], "KRB5CCNAME": self.known["krb5_cache"]}

    @property
    def login(self):
        return ["-n", self.known["user"], "-p", self.known["password"]] if self.auth not in ("nosasl", "kerberos") else []
