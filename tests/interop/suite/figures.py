"""What the large fetches cost, client by client."""
import json

_rows = []


def note(server, client, rows, result, note=""):
    _rows.append({"server": server, "client": client, "rows": rows, "rows_per_second": round(rows / result.wall),
                  "wall_seconds": round(result.wall, 2), "cpu_seconds": round(result.cpu, 2),
                  "peak_mib": round(result.peak_mib, 1), "note": note})


def show(run_dir):
    if not _rows:
        return
    (run_dir / "figures.json").write_text(json.dumps(_rows, indent=1) + "\n")
    print(f"{'server':<14}{'client':<26}{'rows/s':>9}{'wall s':>8}{'CPU s':>8}{'peak MiB':>10}")
    for row in _rows:
        print(f"{row['server']:<14}{row['client']:<26}{row['rows_per_second']:>9}{row['wall_seconds']:>8}"
              f"{row['cpu_seconds']:>8}{row['peak_mib']:>10}  {row['note']}")
