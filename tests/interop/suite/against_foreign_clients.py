"""Clients of others against our own server."""
import pathlib
import time

from . import process
from .report import Failure, Skip, last_line

RUN = pathlib.Path(__file__).resolve().parents[1] / "foreign/run"
CLIENTS = ["impyla", "pyhive", "hive-driver", "beeline"]
UNAVAILABLE = 77


class Sandbox:
    def __init__(self, build, run_dir, auth):
        self.program, self.auth = build / "bin/hive-sandbox", auth
        self.port_file = run_dir / f"sandbox-{auth}.port"
        self.running = self.port = None

    def start(self):
        self.port_file.unlink(missing_ok=True)
        command = [self.program, "--port", "0", "--port-file", self.port_file, "--auth", self.auth]
        self.running = process.Running(command, out_file=process.DEVNULL)
        for _ in range(200):
            if self.port_file.exists() and (text := self.port_file.read_text().strip()):
                self.port = text
                return
            if self.running.child.poll() is not None:
                break
            time.sleep(0.05)
        raise Failure(f"hive-sandbox did not start: {self.running.err()[:300]}")

    def stop(self):
        if self.running:
            self.running.kill()


class Group:
    def __init__(self, build, run_dir, auth):
        self.name, self.sandbox = f"sandbox-{auth}", Sandbox(build, run_dir, auth)

    def names(self):
        return [f"{self.name}.{client}" for client in CLIENTS]

    def run(self, log):
        wanted = [client for client in CLIENTS if log.wants(f"{self.name}.{client}")]
        if not wanted:
            return
        try:
            self.sandbox.start()
            for client in wanted:
                log.run(f"{self.name}.{client}", lambda client=client: self.drive(client))
        except Failure as why:
            for client in wanted:
                log.fail(f"{self.name}.{client}", why)
        finally:
            self.sandbox.stop()

    def drive(self, client):
        result = process.run([RUN, client, "127.0.0.1", self.sandbox.port, self.sandbox.auth], limit=600)
        if result.status == UNAVAILABLE:
            raise Skip(last_line(result.err or result.out))
        if result.status:
            raise Failure(f"exit status {result.status}: {(result.out + result.err)[-1200:]}")


def groups(build, run_dir):
    return [Group(build, run_dir, auth) for auth in ("nosasl", "none")]
