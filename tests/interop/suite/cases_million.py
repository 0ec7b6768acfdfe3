"""A large result: right to the last byte, at bounded memory, and what it costs beside other clients."""
import json
import pathlib

from . import figures, million, packages, pool_driver, process
from .report import expect, expect_equal

HERE = pathlib.Path(__file__).resolve().parent
PEAK_MIB = 64
TIMES = 2
TIMES_ONE_ROW = 5


def million_rows(at):
    million.make_table(at)
    for _ in range(2):  # the figures are of the second one: the server has warmed up then
        result, file = to_file(at, at.query.command("-e", million.SELECT, "--format", "csv", "--showHeader=false"))
        with open(file, "rb") as rows:
            expect_equal(million.checksum(rows), million.wanted(), "rows and their checksum")
        expect(result.peak_mib < PEAK_MIB, f"peak memory {result.peak_mib:.0f} MiB, more than {PEAK_MIB}")
    figures.note(at.server.name, figures.CSV, million.ROWS, result)


def million_rows_into_columns(at):
    """What a program that borrows a session pays for them."""
    million.make_table(at)
    for _ in range(TIMES):
        result = process.run(pool_driver.command(at), stdin=million.SELECT + "\n")
        expect_equal(result.out, f"rows {million.ROWS}\n", f"what the pool driver says ({result.err[-300:]})")
        figures.note(at.server.name, figures.COLUMNS, million.ROWS, result)


def million_rows_as_frames(at):
    """What no client can do without: all other costs are held against this."""
    million.make_table(at)
    for _ in range(TIMES):
        result = frames(at, million.SELECT)
        figures.note(at.server.name, figures.FRAMES, million.ROWS, result, "replies dropped unread")


def one_row(at):
    """What a statement costs that costs the server next to nothing."""
    at.query.succeed("-e", "select 1")
    for _ in range(TIMES_ONE_ROW):
        figures.note(at.server.name, figures.ONE_ROW, 1, at.query.succeed("-e", "select 1"))
        figures.note(at.server.name, figures.ONE_ROW_FRAMES, 1, frames(at, "select 1"))


def frames(at, statement):
    known = at.server.known
    command = [packages.impyla(), HERE / "read_frames.py", known["host"], known["port"], known["user"],
               known["password"], statement]
    result = process.run(command, limit=240)
    expect_equal(result.status, 0, f"exit status ({result.err[-300:]})")
    result.wall = json.loads(result.out)["seconds"]  # Python's own start is no part of it
    return result


def million_rows_by_impyla(at):
    million.make_table(at)
    known = at.server.known
    command = [packages.impyla(), HERE / "fetch_with_impyla.py", known["host"], known["port"], at.server.auth,
               million.SELECT]
    result = process.run(command, limit=240)
    expect_equal((result.status, result.out), (0, f"{million.ROWS}\n"), f"rows of impyla ({result.err[-300:]})")
    figures.note(at.server.name, figures.IMPYLA, million.ROWS, result, "writes no text")


def million_rows_by_beeline(at):
    million.make_table(at)
    command = [*packages.beeline(), "-u", at.server.url + ";fetchSize=10000",
               "-n", at.server.known["user"], "-p", at.server.known["password"], "--silent=true",
               "--outputformat=csv2", "--incremental=true", "--showHeader=false", "-e", million.SELECT + ";"]
    result, file = to_file(at, command, limit=300)
    with open(file, "rb") as rows:
        expect_equal((result.status, sum(1 for row in rows if row.strip())), (0, million.ROWS),
                     f"rows of beeline ({result.err[-300:]})")
    figures.note(at.server.name, figures.BEELINE, million.ROWS, result)


# One authentication is enough to compare by.
for comparison in (million_rows_into_columns, million_rows_as_frames, one_row, million_rows_by_impyla,
                   million_rows_by_beeline):
    comparison.only_auth = "none"


def to_file(at, command, limit=180):
    path = at.run_dir / f"{at.server.name}-million.csv"
    with open(path, "wb") as out:
        result = process.run(command, out_file=out, limit=limit)
    expect_equal(result.status, 0, f"exit status ({result.err[-300:]})")
    return result, path


CASES = [million_rows, million_rows_into_columns, million_rows_as_frames, one_row, million_rows_by_impyla, million_rows_by_beeline]
