"""check_impyla.py HOST PORT AUTH"""
import os
import sys
import time

from impala.dbapi import connect
from impala.error import HiveServer2Error

from checks import Checks, check_many_rows, check_types, make_types_table, same

DATABASE = "foreign_impyla"


def main():
    host, port, auth = sys.argv[1:]
    conn = connect(host=host, port=int(port), user=os.environ["CISTERN_USER"],
                   password=os.environ["CISTERN_PASSWORD"],
                   auth_mechanism="NOSASL" if auth == "nosasl" else "PLAIN")
    cur = conn.cursor()
    checks = Checks()

    def select():
        cur.execute("select 1 as one, 'x' as s, null as n")
        same(cur.fetchall(), [(1, "x", None)])
        same([d[:2] for d in cur.description[:2]], [("one", "INT"), ("s", "STRING")])

    def types():
        make_types_table(cur, DATABASE)
        check_types(cur, DATABASE, {"ar": b"[1,2]"})

    def metadata():
        cur.get_databases()
        assert DATABASE in [row[0] for row in cur.fetchall()]
        cur.get_tables(database_name=DATABASE)
        same([row[2] for row in cur.fetchall()], ["all_types"])
        schema = cur.get_table_schema("all_types", DATABASE)
        same(schema[0][:2], ("bo", "BOOLEAN"))
        cur.get_functions()
        assert len(cur.fetchall()) > 10
        assert cur.table_exists("all_types", DATABASE)

    def error():
        try:
            cur.execute("select * from no_such_table")
        except HiveServer2Error as e:
            assert "no_such_table" in str(e), str(e)
        else:
            raise AssertionError("no error came")

    def columns():
        cur.execute("select id, 'n' || id as name from range(1000)")
        batch = cur.fetchcolumnar()
        same(sum(len(b) for b in batch), 1000)

    def log():
        cur.execute("select 1")
        cur.fetchall()
        assert "select 1" in cur.get_log()

    def cancel():
        cur.execute_async("select sandbox_sleep(60000)")
        start = time.monotonic()
        cur.cancel_operation()
        assert time.monotonic() - start < 10
        cur.execute("select 2")
        same(cur.fetchall(), [(2,)])

    checks.run("select", select)
    checks.run("all types", types)
    checks.run("metadata", metadata)
    checks.run("error", error)
    checks.run("20,000 rows", lambda: check_many_rows(cur))
    checks.run("columns", columns)
    checks.run("log", log)
    checks.run("cancel", cancel)
    checks.run("close", conn.close)
    checks.finish()


main()
