"""What the large fetches cost, client by client."""
import json

CSV = "hive-query csv"
COLUMNS = "plugin, typed columns"
FRAMES = "frames"
ONE_ROW = "hive-query, select 1"
ONE_ROW_FRAMES = "frames, select 1"
IMPYLA = "impyla, tuples"
BEELINE = "beeline csv2, incremental"

# (ours, theirs, of which figure, target): so many times less of it at least, or so many times as much at most.
AT_LEAST_TIMES_LESS = [(COLUMNS, IMPYLA, "cpu_seconds", 40), (CSV, BEELINE, "cpu_seconds", 40)]
AT_MOST_TIMES = [(COLUMNS, FRAMES, "wall_seconds", 1.05), (ONE_ROW, ONE_ROW_FRAMES, "wall_seconds", 1.2)]

_rows = []


def note(server, client, rows, result, note=""):
    _rows.append({"server": server, "client": client, "rows": rows, "rows_per_second": round(rows / result.wall),
                  "wall_seconds": round(result.wall, 3), "cpu_seconds": round(result.cpu, 3),
                  "peak_mib": round(result.peak_mib, 1), "note": note})


def show(run_dir):
    if not _rows:
        return
    (run_dir / "figures.json").write_text(json.dumps(_rows, indent=1) + "\n")
    print(f"{'server':<14}{'client':<26}{'rows/s':>9}{'wall s':>8}{'CPU s':>8}{'peak MiB':>10}")
    for row in _rows:
        print(f"{row['server']:<14}{row['client']:<26}{row['rows_per_second']:>9}{row['wall_seconds']:>8.2f}"
              f"{row['cpu_seconds']:>8.2f}{row['peak_mib']:>10}  {row['note']}")
    for server in dict.fromkeys(row["server"] for row in _rows):
        for ours, theirs, figure, target in AT_LEAST_TIMES_LESS:
            _compare(server, ours, theirs, figure, target, lambda mine, other: other / mine, "times less")
        for ours, theirs, figure, target in AT_MOST_TIMES:
            _compare(server, ours, theirs, figure, target, lambda mine, other: mine / other, "times")


def _compare(server, ours, theirs, figure, target, ratio, word):
    mine, other = _best(server, ours, figure), _best(server, theirs, figure)
    if mine and other:
        found = ratio(mine, other)
        is_met = found >= target if word == "times less" else found <= target
        print(f"{server}: {ours}: {found:.2f} {word} {figure.replace('_', ' ')} than {theirs} "
              f"(target {target}: {'met' if is_met else 'missed'})")


def _best(server, client, figure):
    """Of all that were measured: what disturbed the others is no property of a client."""
    return min((row[figure] for row in _rows if (row["server"], row["client"]) == (server, client)), default=None)
