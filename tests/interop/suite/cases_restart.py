"""The server dies in the middle of a result, and comes back behind a pool."""
from . import million, process
from .report import Failure, expect, expect_equal


def killed_in_mid_fetch(at):
    at.revive()
    million.make_table(at)
    statement = at.query.start("-e", million.SELECT, "--format", "csv")
    statement.child.stdout.read(1 << 15)  # and then no more, so that it cannot run ahead
    at.server.kill()
    result = statement.finish(limit=60)
    expect(result.status in (1, 2), f"exit status {result.status}")
    expect(result.out.count("\n") < million.ROWS - 1000, "the whole result had come before the server was killed")
    said = result.err.lower()
    expect(any(word in said for word in ("connection", "closed", "reset", "hung up")),
           f"it does not say what happened: {result.err[:300]}")


def pool_survives_restart(at):
    program = at.build / "bin/interop-pool-driver"
    if not program.exists():
        raise Failure(f"{program.name} is not built; build the target interop_programs")
    at.revive()
    million.make_table(at)
    pool = PoolDriver(at, program)
    try:
        expect_equal(pool.ask("select 1"), "rows 1", "before the server is killed")
        expect_equal(pool.ask("hold " + million.SELECT), "held", "a statement whose result is read half")
        at.server.kill()
        expect(pool.ask("").startswith("error "), "the rest of the result came from a dead server")
        expect(pool.ask("select 1").startswith("error "), "a dead server answered")
        at.server.restart()
        expect_equal(pool.ask("select 1"), "rows 1", "after the server was restarted")
        expect_equal(pool.ask("select 2 union all select 3"), "rows 2", "a second statement after that")
    finally:
        pool.running.kill()


class PoolDriver:
    """A program that keeps one pool and runs a statement for each line it reads."""

    def __init__(self, at, program, more=(), env=None):
        known = at.server.known
        lines = [f"plugins.dir = {at.build}/lib/cistern/plugins", "pools = real", "pool.real.plugin = hive",
                 "pool.real.max_size = 2", "pool.real.acquire_timeout = 5s",
                 *(() if at.server.has_kerberos else [f"pool.real.hive.auth = {at.server.auth}"])]
        if at.server.auth == "none":
            lines += [f"pool.real.hive.user = {known['user']}", f"pool.real.hive.password = {known['password']}"]
        lines += more
        if at.server.has_kerberos:
            lines.append(f"pool.real.hive.endpoint = localhost:{known['port']}")
            if not any("delegation_token" in line for line in more):
                lines.append("pool.real.hive.principal = hive/_HOST@CISTERN.TEST")
        elif at.server.has_tls:
            lines += [f"pool.real.hive.endpoint = localhost:{known['port']}", "pool.real.hive.tls = on",
                      f"pool.real.hive.tls_ca = {known['ca']}"]
        else:
            lines.append(f"pool.real.hive.endpoint = {known['host']}:{known['port']}")
        conf = at.run_dir / f"{at.server.name}.properties"
        conf.write_text("\n".join(lines) + "\n")
        self.running = process.Conversation([program, conf, "real"], {**at.server.environment, **(env or {})})

    def ask(self, line):
        return self.running.ask(line)


CASES = [killed_in_mid_fetch, pool_survives_restart]
