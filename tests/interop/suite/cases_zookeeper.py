"""Servers found in ZooKeeper: the real one as it registers itself, and sandboxes that come and go."""
import contextlib
import functools
import os
import pathlib
import subprocess
import sys
import time

from . import process
from .pool_driver import PoolDriver
from .report import Failure, Skip, expect, expect_equal

REGISTER = pathlib.Path(__file__).with_name("register_with_kazoo.py")


def _url(at, namespace, more=";auth=noSasl"):
    return (f"jdbc:hive2://{at.server.known['zookeeper']}/;serviceDiscoveryMode=zooKeeper;"
            f"zooKeeperNamespace={namespace}{more}")


@functools.cache
def _python_with_kazoo():
    for python in (sys.executable, "/usr/bin/python3"):
        if os.path.exists(python) and process.run([python, "-c", "import kazoo"]).status == 0:
            return python
    raise Skip("kazoo is missing; on Debian: apt-get install python3-kazoo")


class Registry:
    """A namespace in ZooKeeper with what was registered there, until it is left: then all of it vanishes."""

    def __init__(self, at, namespace):
        self.client = process.Conversation([_python_with_kazoo(), REGISTER, at.server.known["zookeeper"], namespace])

    def __enter__(self):
        self.client.listen()
        return self

    def __exit__(self, *_):
        self.client.child.stdin.close()
        try:
            self.client.child.wait(timeout=20)
        finally:
            self.client.kill()

    def register(self, address, **more):
        host, port = address.split(":")
        published = {"hive.server2.instance.uri": address, "hive.server2.authentication": "NOSASL",
                     "hive.server2.transport.mode": "binary", "hive.server2.thrift.sasl.qop": "auth",
                     "hive.server2.thrift.bind.host": host, "hive.server2.thrift.port": port,
                     "hive.server2.use.SSL": "false", **more}
        data = ";".join(f"{key}={value}" for key, value in published.items())
        self.client.ask(f"serverUri={address};version=4.0.1;sequence=\t{data}")


class Sandbox:
    def __init__(self, at, number):
        told = at.run_dir / f"sandbox-{number}.port"
        told.unlink(missing_ok=True)
        self.child = subprocess.Popen([at.build / "bin/hive-sandbox", "--quiet", "--port", "0", "--port-file", told],
                                      stdin=subprocess.DEVNULL)
        began = time.monotonic()
        while not (told.exists() and told.read_text().strip()):
            if self.child.poll() is not None or time.monotonic() - began > 20:
                raise Failure("hive-sandbox does not start")
            time.sleep(0.02)
        self.address = "127.0.0.1:" + told.read_text().strip()

    def kill(self):
        self.child.kill()
        self.child.wait()


@contextlib.contextmanager
def _sandboxes(at, count):
    running = []
    try:
        running.extend(Sandbox(at, number) for number in range(count))
        yield running
    finally:
        for one in running:
            one.kill()


def a_server_that_registered_itself(at):
    result = at.query.succeed("-e", "select 1 as one", "--format", "csv")
    expect_equal(result.out, "one\n1\n", "rows")


def the_next_instance_when_one_dies(at):
    """A pool goes on with the other, though the dead one is still registered; nobody waits for it."""
    with Registry(at, "failover") as registry, _sandboxes(at, 2) as sandboxes:
        for one in sandboxes:
            registry.register(one.address)
        pool = PoolDriver(at, [f"pool.real.hive.url = {_url(at, 'failover')}"])
        try:
            expect_equal(pool.ask("select 1"), "rows 1", "with both instances")
            sandboxes[0].kill()
            _until_rows(pool, "after the first was killed")
            began = time.monotonic()
            for _ in range(10):
                result = at.query.succeed("-e", "select 1 as one", "--format", "csv", url=_url(at, "failover"), login=[])
                expect_equal(result.out, "one\n1\n", "rows of a new session")
            expect(time.monotonic() - began < 20, "finding the living one takes long")
            sandboxes[1].kill()
            _refused(at, _url(at, "failover"), *(one.address for one in sandboxes), "registered in ZooKeeper")
        finally:
            pool.running.kill()


def _until_rows(pool, when):
    # A lease that was on the dead one fails; the pool opens another.
    said = [pool.ask("select 1") for _ in range(3)]
    expect(said[-1] == "rows 1", f"{when}: {said}")


def an_instance_that_ends_vanishes(at):
    with _sandboxes(at, 1) as (sandbox,):
        with Registry(at, "vanishing") as registry:
            registry.register(sandbox.address)
            at.query.succeed("-e", "select 1", url=_url(at, "vanishing"), login=[])
        _refused(at, _url(at, "vanishing"), "none is registered below /vanishing now")


def what_is_published_is_applied(at):
    """This server's own port, under a namespace that says what is true and what is not."""
    address = f"{at.server.known['host']}:{at.server.known['port']}"
    login = at.server.login
    with Registry(at, "published") as registry:
        registry.register(address, **{"hive.server2.authentication": "NONE"})
        result = at.query.succeed("-e", "select 1 as one", "--format", "csv", url=_url(at, "published", ""), login=login)
        expect_equal(result.out, "one\n1\n", "rows")
    with Registry(at, "published") as registry:
        registry.register(address, **{"hive.server2.authentication": "NONE", "hive.server2.transport.mode": "http",
                                      "hive.server2.thrift.http.port": address.split(":")[1]})
        _refused(at, _url(at, "published", ""), "it may speak the binary protocol", login=login)
        at.query.succeed("-e", "select 1", url=_url(at, "published", ";transportMode=binary"), login=login)


def a_namespace_that_nobody_uses(at):
    _refused(at, _url(at, "nobody"), "there is no node /nobody", "zooKeeperNamespace")


def zookeeper_is_not_there(at):
    _refused(at, "jdbc:hive2://127.0.0.1:1,127.0.0.1:2/;serviceDiscoveryMode=zooKeeper", "127.0.0.1:1", "127.0.0.1:2",
             "no server of ZooKeeper")


def a_hiveserver2_in_place_of_zookeeper(at):
    address = f"{at.server.known['host']}:{at.server.known['port']}"
    _refused(at, f"jdbc:hive2://{address}/;serviceDiscoveryMode=zooKeeper", "it may be no ZooKeeper")


def _refused(at, url, *says, login=()):
    result = at.query.run("-e", "select 1", url=url, login=list(login), limit=60)
    expect_equal(result.status, 1, f"exit status of {url} ({result.err[:300]})")
    for text in says:
        expect(text in result.err, f"{url}: the message does not say {text!r}: {result.err[:600]}")


CASES = [a_server_that_registered_itself, the_next_instance_when_one_dies, an_instance_that_ends_vanishes,
         what_is_published_is_applied, a_namespace_that_nobody_uses, zookeeper_is_not_there,
         a_hiveserver2_in_place_of_zookeeper]
