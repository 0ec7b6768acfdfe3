"""Statements in, rows out."""
import json
import re

from .report import expect, expect_equal

TWO_ROWS = "select stack(2, 1, 'a,b', 0.5D, 2, cast(null as string), -1D) as (id, word, half)"

FORMATS = {
    "csv": 'id,word,half\n1,"a,b",0.5\n2,NULL,-1.0\n',
    "tsv": "id\tword\thalf\n1\ta,b\t0.5\n2\tNULL\t-1.0\n",
    "jsonl": '{"id":1,"word":"a,b","half":0.5}\n{"id":2,"word":null,"half":-1.0}\n',
    "json": '[\n{"id":1,"word":"a,b","half":0.5},\n{"id":2,"word":null,"half":-1.0}\n]\n',
    "vertical": "-[ row 1 ]-\nid    1\nword  a,b\nhalf  0.5\n-[ row 2 ]-\nid    2\nword  NULL\nhalf  -1.0\n",
    "table": "+----+------+------+\n| id | word | half |\n+----+------+------+\n|  1 | a,b  |  0.5 |\n"
             "|  2 | NULL | -1.0 |\n+----+------+------+\n",
}


def select_one(at):
    result = at.query.succeed("-e", "select 1 as one", "--format", "csv")
    expect_equal(result.out, "one\n1\n", "rows")


def formats(at):
    for name, wanted in FORMATS.items():
        result = at.query.succeed("-e", TWO_ROWS, "--format", name)
        expect_equal(result.out, wanted, f"--format {name}")


def statement_sources(at):
    """-e, -f and standard input take several statements, comments and variables."""
    script = at.run_dir / f"{at.server.name}.sql"
    script.write_text("-- a semicolon; in a comment\nselect 'a;b' as text;\n"
                      "/* and\n another */ select ${hivevar:n} as n;\n")
    wanted = "text\na;b\nn\n7\n"
    flags = ["--format", "csv", "--hivevar", "n=7"]
    expect_equal(at.query.succeed("-f", script, *flags).out, wanted, "-f")
    expect_equal(at.query.succeed(*flags, stdin=script.read_text()).out, wanted, "standard input")
    twice = at.query.succeed("-e", "select 1 as a; select 2 as b", "-e", "select 3 as c", *flags)
    expect_equal(twice.out, "a\n1\nb\n2\nc\n3\n", "-e")


def session_settings(at):
    """The database of the URL, --hiveconf and USE last for the whole session."""
    key = "spark.sql.shuffle.partitions" if at.server.kind == "spark" else "hive.exec.reducers.max"
    at.query.succeed("-e", "create database if not exists interop_database")
    other = at.server.url.replace("/default", "/interop_database")
    result = at.query.succeed("-e", f"set {key}; select current_database() as db", "--format", "jsonl",
                              "--hiveconf", f"{key}=3", url=other)
    expect("3" in result.out.splitlines()[0], f"--hiveconf {key}=3 gave {result.out}")
    expect_equal(json.loads(result.out.splitlines()[-1]), {"db": "interop_database"}, "the URL's database")


def statements_without_rows(at):
    result = at.query.succeed("-e", "create table interop_made (id int); drop table interop_made",
                              "--format", "csv", "--showHeader=false")
    expect_equal(result.out.strip(), "", "rows of DDL")


def workers_share_a_pool(at):
    result = at.query.succeed("-e", "select 1", "--workers", "4", "--pool-size", "2", "--repeat", "20", "--stats")
    expect("4 workers: 20 runs, 20 statements, 20 rows" in result.err, f"twenty statements: {result.err}")
    leases = re.search(r": 20 leases over (\d+) connections?", result.err)
    expect(leases and int(leases[1]) <= 2, f"twenty leases over two connections: {result.err}")


CASES = [select_one, formats, statement_sources, session_settings, statements_without_rows, workers_share_a_pool]
