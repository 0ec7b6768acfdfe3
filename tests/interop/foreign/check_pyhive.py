"""check_pyhive.py HOST PORT AUTH"""
import os
import sys
import time

from pyhive import exc, hive
from TCLIService.ttypes import TOperationState

from checks import Checks, check_many_rows, check_types, make_types_table, same

DATABASE = "foreign_pyhive"


def connect(host, port, auth, **more):
    if auth == "custom":
        more["password"] = os.environ["CISTERN_PASSWORD"]
    return hive.connect(host=host, port=int(port), username=os.environ["CISTERN_USER"], auth=auth.upper(), **more)


def main():
    host, port, auth = sys.argv[1:]
    conn = connect(host, port, auth)
    cur = conn.cursor()
    checks = Checks()

    def select():
        cur.execute("select 1 as one, 'x' as s, null as n")
        same(cur.fetchall(), [(1, "x", None)])
        same([d[:2] for d in cur.description[:2]], [("one", "INT_TYPE"), ("s", "STRING_TYPE")])

    def types():
        make_types_table(cur, DATABASE)
        check_types(cur, DATABASE, {"da": "2024-02-29"})

    def metadata():
        # PyHive has no metadata calls of its own and asks with statements.
        cur.execute("show databases")
        assert (DATABASE,) in cur.fetchall()
        cur.execute(f"show tables in {DATABASE}")
        same(cur.fetchall(), [("all_types",)])
        cur.execute(f"describe {DATABASE}.all_types")
        same(cur.fetchall()[0], ("bo", "boolean", ""))

    def error():
        try:
            cur.execute("select * from no_such_table")
        except exc.OperationalError as e:
            assert "no_such_table" in str(e), str(e)
        else:
            raise AssertionError("no error came")

    def parameters():
        cur.execute("select %s, %s", ("it's", 5))
        same(cur.fetchall(), [("it's", 5)])

    def session():
        other = connect(host, port, auth, database=DATABASE, configuration={"a.setting": "17"})
        one = other.cursor()
        one.execute("select current_database()")
        same(one.fetchall(), [(DATABASE,)])
        one.execute("set a.setting")
        same(one.fetchall(), [("a.setting=17",)])
        other.close()

    def log():
        cur.execute("select 1", async_=True)
        while cur.poll().operationState in (TOperationState.PENDING_STATE, TOperationState.RUNNING_STATE):
            pass
        assert any("select 1" in line for line in cur.fetch_logs())

    def cancel():
        cur.execute("select sandbox_sleep(60000)", async_=True)
        start = time.monotonic()
        cur.cancel()
        same(cur.poll().operationState, TOperationState.CANCELED_STATE)
        assert time.monotonic() - start < 10

    checks.run("select", select)
    checks.run("all types", types)
    checks.run("metadata", metadata)
    checks.run("error", error)
    checks.run("20,000 rows", lambda: check_many_rows(cur))
    checks.run("parameters", parameters)
    checks.run("session", session)
    checks.run("log", log)
    checks.run("cancel", cancel)
    checks.run("close", conn.close)
    checks.finish()


main()
