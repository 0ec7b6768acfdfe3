"""The hive plugin's own integration tests, metadata calls among them, with this server at the other end."""
from . import cases_cancel, process
from .report import Failure, Skip

UNAVAILABLE = 77


def plugin_tests(at):
    programs = sorted((at.build / "bin").glob("test_integration_hive_*"))
    if not programs:
        raise Skip("the integration tests of the hive plugin are not built")
    known = at.server.known
    login = "" if at.server.auth == "nosasl" else f";user={known['user']};password={known['password']}"
    environment = {"CISTERN_TEST_HIVE_URL": at.server.url + login,
                   "CISTERN_TEST_HIVE_SLOW_SQL": cases_cancel.SLOW}
    tried = 0
    for program in programs:
        result = process.run([program, "--use-colour", "no"], env=environment, limit=240)
        if result.status == UNAVAILABLE:
            continue  # it breaks its server, which must be our own
        tried += 1
        if result.status:
            raise Failure(f"{program.name}: {result.out[-1200:]}{result.err[-400:]}")
    if not tried:
        raise Skip("no test of the hive plugin can use this server")


CASES = [plugin_tests]
