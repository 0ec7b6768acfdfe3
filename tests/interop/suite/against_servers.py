"""The cases that every real server goes through."""
import types

from . import (cases_accounts, cases_cancel, cases_http, cases_http_tls, cases_kerberos, cases_login, cases_million,
               cases_plugin, cases_query, cases_restart, cases_tls, cases_types, cases_values, cases_zookeeper)
from .query import HiveQuery
from .report import Failure, Skip
from .server import RealServer

SERVERS = ["spark-nosasl", "spark-none", "hive-nosasl", "hive-none", "hive-tls", "hive-http", "spark-http",
           "hive-http-tls", "hive-custom", "hive-zookeeper", "hive-kerberos", "hive-kerberos-int", "hive-kerberos-conf",
           "hive-http-kerberos"]
# In this order: the last ones end the server.
MODULES = [cases_query, cases_types, cases_values, cases_login, cases_cancel, cases_plugin, cases_million, cases_restart]
TLS_MODULES = [cases_tls, cases_restart]
KERBEROS_MODULES = [cases_kerberos]
HTTP_MODULES = [cases_query, cases_types, cases_http, cases_cancel]
# By the server's name where it is about one thing.
MODULES_OF = {"hive-http-tls": [cases_accounts, cases_http_tls], "hive-custom": [cases_accounts],
              "hive-zookeeper": [cases_zookeeper],
              "hive-http-kerberos": [types.SimpleNamespace(CASES=cases_kerberos.OVER_HTTP)]}


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
        modules = MODULES_OF.get(name) or (TLS_MODULES if server.has_tls else HTTP_MODULES if server.has_http
                                           else KERBEROS_MODULES if server.has_kerberos else MODULES)
        self.cases = {f"{name}.{case.__name__}": case for module in modules for case in module.CASES
                      if getattr(case, "only_auth", auth) == auth and getattr(case, "only_qop", server.qop) == server.qop}

    def names(self):
        return list(self.cases)

    def run(self, log):
        wanted = {name: case for name, case in self.cases.items() if log.wants(name)}
        if not wanted:
            return
        try:
            self.at.server.start()
            for name, case in wanted.items():
                log.run(name, lambda case=case: self._with_complaints(case))
        except Skip as reason:
            for name in wanted:
                log.skip(name, reason)
        except Failure as why:
            log.fail(f"{self.name}.start", why)
            for name in wanted:
                log.skip(name, "its server did not start")
        finally:
            self.at.server.stop()

    def _with_complaints(self, case):
        """What the server itself logged belongs to a failure: it may be the server's."""
        begin = self.at.server.log_size()
        try:
            return case(self.at)
        except Failure as why:
            complaints = self.at.server.complaints(begin)
            raise Failure("\n".join([str(why), "the server's log:", *(complaints or ["no complaint"])])) from why


def groups(build, run_dir):
    return [Group(build, run_dir, name) for name in SERVERS]
