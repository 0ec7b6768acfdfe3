"""Values as applications have them: bound into statements, read out of what comes back, and handed to others as Arrow."""
import pathlib

from . import packages, pool_driver, process
from .report import Failure, expect, expect_equal

HERE = pathlib.Path(__file__).resolve().parent


def values_come_back(at):
    """Three hundred hostile strings and every type there and back, and nested values."""
    result = process.run([at.build / "bin/interop-values", pool_driver.properties(at), "real"], limit=180)
    if result.status:
        raise Failure((result.out + result.err)[-1500:])


# Each with the type and the value that pyarrow sees, where the second row is NULL.
COLUMNS = {
    "true": ("bool", True),
    "cast(-128 as tinyint)": ("int8", -128),
    "32767S": ("int16", 32767),
    "-3": ("int32", -3),
    "9223372036854775807L": ("int64", 2**63 - 1),
    "0.5D": ("double", 0.5),
    "cast(-12.50 as decimal(20,2))": ("decimal128(20, 2)", "Decimal('-12.50')"),
    "date '1969-12-31'": ("date32[day]", "datetime.date(1969, 12, 31)"),
    "timestamp '1969-12-31 23:59:59.75'": ("timestamp[ns]", -250_000_000),
    "unhex('00FF27')": ("binary", b"\0\xff'"),
    "'\u00fc'": ("string", "\u00fc"),
    "array(1, 2)": ("string", "[1,2]"),
    "interval '1-2' year to month":
        ("month_day_nano_interval", "MonthDayNano(months=14, days=0, nanoseconds=0)"),
    "interval '3 04:05:06.789' day to second":
        ("month_day_nano_interval", "MonthDayNano(months=0, days=3, nanoseconds=14706789000000)"),
}


def pyarrow_reads(at):
    """Every type and NULL, several batches, and an error in the middle, as an independent reader of Arrow sees them."""
    result = fetch(at, "ns", every_type())
    expect_equal(result.out.splitlines(), every_type_as_shown(), f"what pyarrow read ({result.err[-500:]})")

    result = fetch(at, "us", MANY_ROWS)
    expect_equal(result.out.splitlines()[2:], many_rows_as_shown(), f"rows over several batches ({result.err[-500:]})")

    refused = fetch(at, "ns", TOO_EARLY)
    expect(refused.status and "export timestamps in microseconds" in refused.err,
           f"a timestamp before the year 1677 in nanoseconds: {refused.out[-200:]} {refused.err[-500:]}")


def hive_query_writes_arrow(at):
    """The same as a stream that hive-query writes into a file."""
    expect_equal(written(at, "arrow-ns", every_type()), every_type_as_shown(), "what pyarrow read of a file")
    expect_equal(written(at, "arrow", MANY_ROWS)[2:], many_rows_as_shown(), "rows of a file with several batches")
    refused = at.query.run("--format", "arrow-ns", "-e", TOO_EARLY)
    expect(refused.status == 2 and "export timestamps in microseconds" in refused.err,
           f"a timestamp before the year 1677 in nanoseconds: {refused.status} {refused.err[-500:]}")


MANY_ROWS = "select t.pos, timestamp '0001-01-01 00:00:00' from (select posexplode(split(space(24999), ' '))) t"
TOO_EARLY = "select timestamp '0001-01-01 00:00:00' as early"


def many_rows_as_shown():
    return [f"[{n}, {-62135596800000000}]" for n in range(25000)]


def every_type():
    columns = ", ".join(f"if(t.n = 1, {sql}, null) as c{i}" for i, sql in enumerate(COLUMNS))
    return f"select {columns} from (select explode(array(1, 2)) as n) t"


def every_type_as_shown():
    shown = [f"c{i} {of_type}" for i, (of_type, _) in enumerate(COLUMNS.values())]
    values = (value if isinstance(value, str) and "(" in value else repr(value) for _, value in COLUMNS.values())
    return shown + ["[" + ", ".join(values) + "]", "[" + ", ".join(["None"] * len(COLUMNS)) + "]"]


def written(at, name, sql):
    file = at.run_dir / f"{at.server.name}.{name}"
    with open(file, "wb") as out:
        at.query.succeed("--format", name, "-e", sql, out_file=out)
    result = process.run([packages.pyarrow(), HERE / "show_with_pyarrow.py", file])
    if result.status:
        raise Failure(result.err[-1500:])
    return result.out.splitlines()


def fetch(at, unit, sql):
    command = [packages.pyarrow(), HERE / "fetch_with_pyarrow.py", at.build / "lib/interop-arrow.so",
               pool_driver.properties(at), "real", unit, sql]
    return process.run(command)


values_come_back.only_auth = pyarrow_reads.only_auth = hive_query_writes_arrow.only_auth = "none"

CASES = [values_come_back, pyarrow_reads, hive_query_writes_arrow]
