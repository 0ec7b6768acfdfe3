"""The cases that every real server goes through."""
from . import (cases_cancel, cases_http, cases_login, cases_million, cases_plugin, cases_query, cases_restart, cases_tls, cases_types,
               cases_values)
from .query import HiveQuery
from .report import Failure, Skip
from .server import RealServer

SERVERS = ["spark-nosasl", "spark-none", "hive-nosasl", "hive-none", "hive-tls", "hive-http", "spark-http"]
# In this order: the last ones end the server.
MODULES = [cases_query, cases_types, cases_values, cases_login, cases_cancel, cases_plugin, cases_million, cases_restart]
TLS_MODULES = [cases_tls, cases_restart]
HTTP_MODULES = [cases_query, cases_types, cases_http, cases_cancel]


class At:
    """Where a case works."""

    def __init__(self, build, run_dir, server):
        self.build, self.run_dir, self.server = build, run_dir, server
        self.query = HiveQuery(build, server)

    def revive(self):
        """For cases behind one that killed the server."""
        if not self.server.is_running():
            self.server.restart()


class Group:
    def __init__(self, build, run_dir, name):
        self.name = name
        self.at = At(build, run_dir, RealServer(name, run_dir))
        auth = self.at.server.auth
        server = self.at.server
        modules = TLS_MODULES if server.has_tls else HTTP_MODULES if server.has_http else MODULES
        self.cases = {f"{name}.{case.__name__}": case for module in modules for case in module.CASES
                      if getattr(case, "only_auth", auth) == auth}

    def names(self):
        return list(self.cases)

    def run(self, log):
        wanted = {name: case for name, case in self.cases.items() if log.wants(name)}
        if not wanted:
            return
        try:
            self.at.server.start()
            for name, case in wanted.items():
                log.run(name, lambda case=case: case(self.at))
        except Skip as reason:
            for name in wanted:
                log.skip(name, reason)
        except Failure as why:
            log.fail(f"{self.name}.start", why)
            for name in wanted:
                log.skip(name, "its server did not start")
        finally:
            self.at.server.stop()


def groups(build, run_dir):
    return [Group(build, run_dir, name) for name in SERVERS]
