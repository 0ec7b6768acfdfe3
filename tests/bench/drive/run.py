#!/usr/bin/env python3
"""Runs every work on every engine, window by window in the order A B B A, and writes what came out.

usage: run.py BUILD_FOLDER [--quick] [--only WORK[,WORK...]] [--write-docs] [--check]
"""
import argparse
import ctypes
import json
import os
import subprocess
import sys
import time

import engines as engine_list
import plot
import report
import works as work_list

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", ".."))
PR_SET_TIMERSLACK = 29
MOST_FOREIGN = 0.05   # of the machine, during a window that counts


class Pace:
    def __init__(self, quick):
        self.repetitions, self.seconds = (2, 0.15) if quick else (7, 0.3)
        self.slow_repetitions = 1 if quick else 3      # of what takes seconds each
        self.waiters = 2000 if quick else 10000
        self.patience = 10 if quick else 60            # seconds in all spent on repeating disturbed windows
        self.warm_ups = 1 if quick else None           # at most
        self.repeated = 0


def window(engine, work, pace):
    """A window during which the machine was ours, or as nearly so as there was patience for."""
    seconds = pace.seconds * work.window_scale
    while True:
        began = time.monotonic()
        values, foreign = engine_list.measured(engine, work, seconds)
        if foreign <= MOST_FOREIGN or pace.patience <= 0:
            values["foreign"] = round(foreign, 3)
            return values
        pace.repeated += 1
        time.sleep(0.2)
        pace.patience -= time.monotonic() - began


def run_group(group, engines, works, pace, reasons):
    entries = [(works[key], engines[name]) for key in group for name in works[key].engines if name in engines]
    is_slow = group == ["spike"]
    for work, engine in entries:
        count = engine.warm_ups if pace.warm_ups is None else min(engine.warm_ups, pace.warm_ups)
        for _ in range(0 if is_slow else count):
            engine.window(work, pace.seconds)
    broken = set()
    for repetition in range(pace.slow_repetitions if is_slow else pace.repetitions):
        for key in group:
            works[key].values.append({})
        for work, engine in entries if repetition % 2 == 0 else reversed(entries):
            is_too_slow = work.key == "spike" and engine.name == "poco" and repetition > 0
            if (work.key, engine.name) in broken or is_too_slow:
                continue
            try:
                work.values[-1][engine.name] = window(engine, work, pace)
            except engine_list.Missing as why:
                broken.add((work.key, engine.name))
                reasons[engine.label + ", " + work.key] = str(why)


def run_waiters(build, pace):
    """Thousands of waiting threads; one program, which measures by itself."""
    values = []
    for _ in range(pace.slow_repetitions):
        done = subprocess.run([os.path.join(build, "bin", "cistern_bench_waiters"), str(pace.waiters)],
                              capture_output=True, text=True, timeout=300, check=False)
        if done.returncode != 0:
            raise engine_list.Missing(done.stderr.strip() or "ended with %d" % done.returncode)
        values.append({"cistern": json.loads(done.stdout)})
    return values


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build")
    parser.add_argument("--quick", action="store_true", help="short windows, few of them: to see that all works")
    parser.add_argument("--only", help="these works, by their keys, separated by commas")
    parser.add_argument("--write-docs", action="store_true", help="put tables and plot into docs/")
    parser.add_argument("--check", action="store_true", help="exit status 1 when a target was missed")
    options = parser.parse_args()

    # Inherited by every engine: without it, a sleep of 100 us takes half as long again for some.
    ctypes.CDLL(None).prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0)
    began = time.monotonic()
    pace = Pace(options.quick)
    works = work_list.all_works()
    wanted = options.only.split(",") if options.only else [*works, "waiters"]
    with open(os.path.join(options.build, "peers.log"), "w", encoding="utf-8") as log:
        engines, reasons = engine_list.all_engines(options.build, log)
        try:
            for group in work_list.GROUPS:
                group = [key for key in group if key in wanted]
                if group:
                    started = time.monotonic()
                    run_group(group, engines, works, pace, reasons)
                    print("%s: %.0f s" % (", ".join(group), time.monotonic() - started), flush=True)
        finally:
            for engine in engines.values():
                engine.stop()
    values = {key: work.values for key, work in works.items() if work.values}
    if "waiters" in wanted:
        try:
            values["waiters"] = run_waiters(options.build, pace)
        except engine_list.Missing as why:
            reasons["10,000 waiters"] = str(why)

    results = {
        "machine": report.machine(),
        "labels": {name: engine.label for name, engine in engines.items()},
        "titles": {key: work.title for key, work in works.items()},
        "windows": values,
        "repeated": pace.repeated,
        "skipped": reasons,
        "quick": options.quick,
    }
    with open(os.path.join(options.build, "results.json"), "w", encoding="utf-8") as out:
        json.dump(results, out, indent=1)
    text, missed = report.in_words(results)
    picture = plot.picture(results)
    with open(os.path.join(options.build, "performance.svg"), "w", encoding="utf-8") as out:
        out.write(picture)
    print("\n" + text)
    if options.write_docs:
        report.write_docs(os.path.join(ROOT, "docs", "performance.md"), text)
        with open(os.path.join(ROOT, "docs", "performance.svg"), "w", encoding="utf-8") as out:
            out.write(picture)
    print("%.0f s in all; %d windows repeated because others used the machine; results in %s"
          % (time.monotonic() - began, pace.repeated, os.path.join(options.build, "results.json")))
    sys.exit(1 if missed and options.check else 0)


if __name__ == "__main__":
    main()
