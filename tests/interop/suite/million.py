"""A table of a million rows that both servers make alike, and what its CSV must add up to."""
import datetime
import functools
import zlib

ROWS = 1_000_000
SELECT = "select * from interop_million"

_SPARK = f"""
drop table if exists interop_million;
create table interop_million using parquet as
select id * 1000003 as id, cast(id * 7919 % 1000003 - 500000 as int) as n, id / 8D as x,
       if(id % 50 = 49, null, concat('row-', lpad(cast(id as string), 16, '0'))) as s,
       timestamp_millis(1704067200000 + id * 1000 + id % 1000) as t
from range(0, {ROWS}, 1, 1);
"""

_HIVE = """
drop table if exists interop_million;
create table interop_million (id bigint, n int, x double, s string, t timestamp)
row format delimited fields terminated by ',' stored as textfile;
load data local inpath '{file}' into table interop_million;
"""


def lines(null):
    start = datetime.datetime(2024, 1, 1)
    for i in range(ROWS):
        at = (start + datetime.timedelta(seconds=i)).isoformat(" ")
        fraction = f".{i % 1000:03}".rstrip("0").rstrip(".")
        text = null if i % 50 == 49 else f"row-{i:016}"
        yield f"{i * 1000003},{i * 7919 % 1000003 - 500000},{i / 8!r},{text},{at}{fraction}\n"


@functools.cache
def wanted():
    return checksum(line.encode() for line in lines("NULL"))


def checksum(rows):
    """The number of rows and a sum over them that does not depend on their order."""
    count = total = 0
    for row in rows:
        count += 1
        total += zlib.crc32(row)
    return count, total


def make_table(at):
    """Once for each start of the server, which forgets its tables when it ends."""
    if at.server.known.get("has_million"):
        return
    if at.server.kind == "spark":
        at.query.succeed("-e", _SPARK, limit=180)
    else:
        file = at.run_dir / "million.txt"
        if not file.exists():
            with open(file, "w") as out:
                out.writelines(lines("\\N"))
        at.query.succeed("-e", _HIVE.format(file=file), limit=180)
    at.server.known["has_million"] = True
