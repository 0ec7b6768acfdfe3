"""Every type, with its extremes and NULL, character by character as committed in expected/."""
import difflib
import json
import pathlib

from .report import Failure, expect, expect_equal

HERE = pathlib.Path(__file__).resolve().parents[1]


def every_type(at):
    kind = at.server.kind
    at.query.succeed("-f", HERE / f"sql/{kind}_types.sql", limit=180)
    for suffix in ("csv", "json"):
        result = at.query.succeed("-e", "select * from interop_types order by id", "--format", suffix)
        compare(without_table_name(result.out), f"{kind}_types.{suffix}")
        if suffix == "json":
            expect_equal(len(json.loads(result.out)), 4, "rows that a JSON parser sees")


def types_of_expressions(at):
    kind = at.server.kind
    result = at.query.succeed("-f", HERE / f"sql/{kind}_expressions.sql", "--format", "csv")
    compare(result.out, f"{kind}_expressions.csv")


def without_table_name(text):
    return text.replace("interop_types.", "")  # Apache Hive puts it in front of every column


def compare(found, name):
    wanted = (HERE / "expected" / name).read_text()
    if found != wanted:
        difference = difflib.unified_diff(wanted.splitlines(), found.splitlines(), name, "found", lineterm="", n=0)
        raise Failure("\n".join(difference)[:1500])


def nulls_in_every_place(at):
    """The bitmap of NULLs is shorter than the rows when the last ones are not NULL, and split over batches."""
    source = "range(25)" if at.server.kind == "spark" else "(select posexplode(split(space(24), ' '))) t"
    value = "id" if at.server.kind == "spark" else "cast(t.pos as bigint)"
    for period in (1, 7, 8, 9, 24, 25):
        sql = (f"select {value} as id, if({value} % {period} = {period} - 1, null, {value}) as n "
               f"from {source}")
        result = at.query.succeed("-e", sql, "--format", "tsv", "--showHeader=false", "--fetch-size", "10")
        wanted = [f"{i}\t{'NULL' if i % period == period - 1 else i}" for i in range(25)]
        expect_equal(result.out.splitlines(), wanted, f"every {period}th value NULL")


def large_values(at):
    result = at.query.succeed("-e", "select repeat('0123456789', 200000) as long_text", "--format", "csv",
                              "--showHeader=false")
    expect(result.out == "0123456789" * 200000 + "\n", f"a text of 2,000,000 characters came as {len(result.out)}")


CASES = [every_type, types_of_expressions, nulls_in_every_place, large_values]
