"""What the checks of the Python clients share."""
import datetime
import sys
from decimal import Decimal

# Types that both clients have names for; PyHive and impyla speak V6, which knows no intervals.
COLUMNS = [
    ("bo", "boolean", "true", True),
    ("ti", "tinyint", "-128", -128),
    ("si", "smallint", "32767", 32767),
    ("i", "int", "-2147483648", -2147483648),
    ("bi", "bigint", "9223372036854775807", 9223372036854775807),
    ("f", "float", "0.1", 0.1),
    ("d", "double", "2.5e-3", 0.0025),
    ("s", "string", "'gr\\u00fc\\u00df, it''s'", "grüß, it's"),
    ("vc", "varchar(5)", "'abcdefg'", "abcde"),
    ("c", "char(4)", "'ab'", "ab  "),
    ("b", "binary", "'bytes'", b"bytes"),
    ("de", "decimal(38,2)", "'123456789012345678901234567890.12'", Decimal("123456789012345678901234567890.12")),
    ("da", "date", "'2024-02-29'", datetime.date(2024, 2, 29)),
    ("ts", "timestamp", "'2024-02-29 13:14:15.5'", datetime.datetime(2024, 2, 29, 13, 14, 15, 500000)),
    ("ar", "array<int>", "array(1,2)", "[1,2]"),
    ("ma", "map<string,int>", "map('k',1)", '{"k":1}'),
    ("st", "struct<a:int,b:string>", "named_struct('a',1,'b','x')", '{"a":1,"b":"x"}'),
]


class Checks:
    """Runs checks and prints how each went."""

    def __init__(self):
        self.failed = 0
        self.passed = 0

    def run(self, name, check):
        try:
            check()
        except Exception as e:  # pylint: disable=broad-except
            self.failed += 1
            print(f"FAIL {name}: {type(e).__name__}: {str(e)[:500]}", flush=True)
        else:
            self.passed += 1
            print(f"pass {name}", flush=True)

    def finish(self):
        print(f"{self.passed} passed, {self.failed} failed")
        sys.exit(1 if self.failed else 0)


def same(got, wanted):
    if got != wanted:
        raise AssertionError(f"got {got!r} instead of {wanted!r}")


def make_types_table(cursor, database):
    """A table of every type, with an ordinary row and one of NULLs."""
    cursor.execute(f"create database if not exists {database}")
    cursor.execute(f"drop table if exists {database}.all_types")
    columns = ", ".join(f"{name} {kind}" for name, kind, _, _ in COLUMNS)
    cursor.execute(f"create table {database}.all_types ({columns})")
    values = ", ".join(value for _, _, value, _ in COLUMNS)
    nulls = ", ".join("null" for _ in COLUMNS)
    cursor.execute(f"insert into {database}.all_types values ({values}), ({nulls})")


def check_types(cursor, database, exceptions):
    """`exceptions`: values this client makes something else of, by column."""
    cursor.execute(f"select * from {database}.all_types")
    rows = cursor.fetchall()
    same(len(rows), 2)
    for column, got in zip(COLUMNS, rows[0]):
        wanted = exceptions.get(column[0], column[3])
        if got != wanted:
            raise AssertionError(f"{column[0]} {column[1]}: got {got!r} instead of {wanted!r}")
    same(list(rows[1]), [None] * len(COLUMNS))


def check_many_rows(cursor):
    cursor.execute("select id, concat('row ', id), if(id % 3 = 0, null, id) from range(20000)")
    rows = cursor.fetchall()
    same(len(rows), 20000)
    same(tuple(rows[0]), (0, "row 0", None))
    same(tuple(rows[19999]), (19999, "row 19999", 19999))
