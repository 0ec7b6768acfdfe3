"""Ratios and tables out of windows. A ratio is taken within each repetition, between windows that were
run within seconds of each other; what is shown is the middle one and the range."""
import os
import platform
import statistics
import subprocess

import works as work_list

BEGIN = "<!-- from here on written by scripts/bench -->"
END = "<!-- up to here written by scripts/bench -->"
STEADY = 0.2    # a wider spread hides any claim


def first_line(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    lines = (done.stdout or done.stderr).splitlines()
    return lines[0] if lines else None


def machine():
    model = "unknown processor"
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        for line in info:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
        info.seek(0)
        is_guest = " hypervisor" in info.read()
    facts = {"processor": "%d x %s%s" % (os.cpu_count(), model, ", a virtual machine" if is_guest else ""),
             "kernel": "%s %s" % (platform.system(), ".".join(platform.release().split(".")[:2])),
             "C library": " ".join(platform.libc_ver()),
             "compiler": first_line("c++", "--version"),
             "Java": first_line("java", "-version"), "Rust": first_line("rustc", "--version"),
             "Go": first_line("go", "version")}
    return {name: fact for name, fact in facts.items() if fact}


def ratios(windows, of, by):
    """One for each repetition that has both."""
    found = []
    work, engine, metric = of
    for repetition, values in enumerate(windows.get(work, [])):
        above = values.get(engine, {}).get(metric)
        if isinstance(by, tuple):
            others = windows.get(by[0], [])
            below = others[repetition].get(by[1], {}).get(by[2]) if repetition < len(others) else None
        else:
            below = by
        if above is not None and below:
            found.append(above / below)
    return found


def number(value):
    if value >= 100:
        return "%.0f" % value
    if value >= 10:
        return "%.1f" % value
    if value == 0 or value >= 0.095:
        return "%.2f" % value if value else "0"
    return "%.3f" % value if value >= 0.0005 else "<0.001"


def spread(found):
    return (max(found) - min(found)) / statistics.median(found) if statistics.median(found) else 0.0


def cell(found):
    if not found:
        return "–"
    if len(found) == 1 or min(found) == max(found):
        return number(statistics.median(found))
    return "%s (%s–%s)" % (number(statistics.median(found)), number(min(found)), number(max(found)))


def table(heads, rows):
    lines = ["| " + " | ".join(heads) + " |", "|" + "|".join(" --- " if i == 0 else " ---: " for i in range(len(heads))) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def targets_table(windows):
    rows, missed = [], []
    for target in work_list.all_targets():
        found = ratios(windows, target.of, target.by)
        if not found:
            rows.append([target.text, target.shown, "not measured", ""])
            continue
        verdict = ""
        if target.limit is not None:
            is_met = statistics.median(found) <= target.limit
            verdict = "met" if is_met else "**missed**"
            if not is_met:
                missed.append(target.text)
        if spread(found) > STEADY:
            verdict = (verdict + ", unsteady").lstrip(", ")
        rows.append([target.text, target.shown, cell(found), verdict])
    return table(["work", "target", "measured", ""], rows), missed


def is_starving(windows, work, engine):
    fair = [values[engine]["slowest_by_fastest"] for values in windows.get(work, [])
            if "slowest_by_fastest" in values.get(engine, {})]
    return bool(fair) and statistics.median(fair) < 0.001


def against_ours(windows, work, engine, metric="ns"):
    text = cell(ratios(windows, (work, engine, metric), (work, "cistern", metric)))
    return text + " †" if is_starving(windows, work, engine) else text


def cost_table(windows, labels):
    works = ["plain-1", "plain-2", "overlap-2", "crowd"]
    rows = [[labels[engine]] + [against_ours(windows, work, engine) for work in works]
            for engine in labels if any(engine in values for work in works for values in windows.get(work, []))]
    return table(["cost of a cycle, cistern = 1", "1 thread", "2 threads", "2 threads, overlapping", "8 threads on 1"], rows)


def hold_table(windows, labels):
    rows = []
    for engine in labels:
        if not any(engine in values for values in windows.get("hold", [])):
            continue
        fair = [values[engine]["slowest_by_fastest"] for values in windows["hold"] if engine in values]
        rows.append([labels[engine]] + [against_ours(windows, "hold", engine, metric)
                                        for metric in ("ns", "p99_us", "p999_us")] + [number(statistics.median(fair))])
    return table(["8 threads on 4, 100 us, cistern = 1", "time per cycle", "p99 wait", "p99.9 wait",
                  "cycles, slowest by fastest thread"], rows)


def spike_table(windows, labels):
    ideal = 20.0
    plain = lambda engine, metric: cell(ratios(windows, ("spike", engine, metric), 1))
    rows = [[labels[engine], cell(ratios(windows, ("spike", engine, "makespan_ms"), ideal)),
             plain(engine, "opened"), plain(engine, "opened_later")]
            for engine in labels if any(engine in values for values in windows.get("spike", []))]
    return table(["spike", "makespan by the ideal 20 ms", "opened meanwhile", "opened in the end"], rows)


def wake_table(windows, labels):
    rows = [[labels[engine]] + [cell(ratios(windows, (work, engine, "ns"), (work, "futex", "ns")))
                                for work in ("wake-same", "wake-across")]
            for engine in labels if any(engine in values for values in windows.get("wake-same", []))]
    return table(["from giving back to the waiter running, futex = 1", "one processor", "the other processor"], rows)


def in_words(results):
    """The tables, and which targets were missed."""
    windows, labels = dict(results["windows"]), dict(results["labels"])
    targets, missed = targets_table(windows)
    parts = ["### Targets", targets]
    for title, works, make in (("Nobody waits", ("plain-1", "plain-2", "overlap-2", "crowd"), cost_table),
                               ("More threads than connections", ("hold",), hold_table),
                               ("A spike", ("spike",), spike_table),
                               ("Waking", ("wake-same",), wake_table)):
        if any(work in windows for work in works):
            parts += ["### " + title, make(windows, labels)]
    parts.append("### This run")
    facts = ["- %s: %s" % fact for fact in results["machine"].items()]
    facts.append("- windows repeated because others used the machine: %d" % results["repeated"])
    if results["quick"]:
        facts.append("- a quick run: too short for claims")
    facts += ["- not measured: %s, because %s" % reason for reason in results["skipped"].items()]
    return "\n\n".join(parts + ["\n".join(facts)]), missed


def write_docs(path, text):
    with open(path, encoding="utf-8") as document:
        before, rest = document.read().split(BEGIN)
        after = rest.split(END)[1]
    with open(path, "w", encoding="utf-8") as document:
        document.write(before + BEGIN + "\n\n" + text + "\n\n" + END + after)
