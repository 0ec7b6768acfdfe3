"""The program that keeps a pool of sessions on one server and runs a statement for each line it reads."""
from . import process
from .report import Failure

NAME = "interop-pool-driver"


class PoolDriver:
    """That program, running. `place` says in settings where to connect to and as whom, if not as the server
    tells; `more` is said besides."""

    def __init__(self, at, place=None, more=(), env=None):
        self.running = process.Conversation(command(at, place, more), {**at.server.environment, **(env or {})})

    def ask(self, line, limit=60):
        return self.running.ask(line, limit)


def command(at, place=None, more=()):
    program = at.build / "bin" / NAME
    if not program.exists():
        raise Failure(f"{NAME} is not built; build the target interop_programs")
    return [program, properties(at, place, more), "real"]


def properties(at, place=None, more=()):
    """A file that makes a pool called `real`."""
    lines = [f"plugins.dir = {at.build}/lib/cistern/plugins", "pools = real", "pool.real.plugin = hive",
             "pool.real.max_size = 2", "pool.real.acquire_timeout = 5s",
             *(place or _place_of(at.server)), *more]
    file = at.run_dir / f"{at.server.name}.properties"
    file.write_text("\n".join(lines) + "\n")
    return file


def _place_of(server):
    known = server.known
    settings = {"auth": server.auth}
    if server.auth not in ("nosasl", "kerberos"):
        settings |= {"user": known["user"], "password": known["password"]}
    if server.has_kerberos:
        settings |= {"endpoint": f"localhost:{known['port']}", "principal": "hive/_HOST@CISTERN.TEST"}
    elif server.has_tls:
        settings |= {"endpoint": f"localhost:{known['port']}", "tls": "on", "tls_ca": known["ca"]}
    else:
        settings |= {"endpoint": f"{known['host']}:{known['port']}"}
    return [f"pool.real.hive.{name} = {value}" for name, value in settings.items()]
