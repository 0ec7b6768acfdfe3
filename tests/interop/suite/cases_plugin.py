"""The hive plugin's own integration tests, metadata calls among them, with this server at the other end."""
import re

from . import cases_cancel, process
from .report import Failure, Skip, last_line

UNAVAILABLE = 77
PROGRAMS = ["session", "cancel", "load", "outage"]


def names_of(program):
    # Its exit status is the number of names.
    return [line for line in process.run([program, "--list-test-names-only"]).out.splitlines() if line.strip()]


def as_filter(name):
    return re.sub(r"([,\[\]])", r"\\\1", name)


def plugin_tests(at):
    """Each test alone, as one that skips itself ends its program. Returns the skipped ones and why."""
    known = at.server.known
    login = "" if at.server.auth == "nosasl" else f";user={known['user']};password={known['password']}"
    environment = {"CISTERN_TEST_HIVE_URL": at.server.url + login,
                   "CISTERN_TEST_HIVE_SLOW_SQL": cases_cancel.SLOW}
    skipped, failed, passed = [], [], 0
    for program in (at.build / f"bin/test_integration_hive_{name}" for name in PROGRAMS):
        if not program.exists():
            raise Failure(f"{program.name} is not built; build the target interop_programs")
        for name in names_of(program):
            result = process.run([program, "--use-colour", "no", as_filter(name)], env=environment, limit=240)
            if result.status == UNAVAILABLE:
                reason = last_line(result.out).removeprefix("skipped: ")
                skipped.append((name, reason or "it did not say why"))
            elif result.status or "No test cases matched" in result.out:
                failed.append(f"{program.name}: {name}: {result.out[-1200:]}{result.err[-400:]}")
            else:
                passed += 1
    if failed:
        raise Failure("\n".join(failed))
    if not passed:
        raise Skip("no test of the hive plugin can use this server")
    return skipped


CASES = [plugin_tests]
