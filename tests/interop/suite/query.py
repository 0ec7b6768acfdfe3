"""hive-query against one server."""
from . import process


class HiveQuery:
    def __init__(self, build, server):
        self.program, self.server = build / "bin/hive-query", server

    def command(self, *arguments, url=None, login=None):
        return [self.program, "-u", url or self.server.url,
                *(self.server.login if login is None else login), *arguments]

    def start(self, *arguments, **more):
        return process.Running(self.command(*arguments), env=self.server.environment, **more)

    def run(self, *arguments, url=None, login=None, env=None, **more):
        return process.run(self.command(*arguments, url=url, login=login),
                           env={**self.server.environment, **(env or {})}, **more)

    def succeed(self, *arguments, **more):
        result = self.run(*arguments, **more)
        if result.status:
            raise process.Failure(f"hive-query {' '.join(map(str, arguments))[:80]}: "
                                  f"exit status {result.status}: {result.err[:400]}")
        return result
