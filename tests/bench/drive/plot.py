"""The picture: for each work a row for each engine, how many times what cistern costs, on a logarithmic
scale; the line from the least to the most of the repetitions, the dot at the middle one."""
import math
import statistics
from xml.sax.saxutils import escape

import report

PANELS = [("plain-1", "ns", "1 thread: cost of borrow and return"),
          ("plain-2", "ns", "2 threads: cost of borrow and return"),
          ("overlap-2", "ns", "2 threads, overlapping borrows"),
          ("crowd", "ns", "8 threads on 1 connection: cost of a cycle"),
          ("hold", "p999_us", "8 threads on 4, held 100 us: p99.9 wait"),
          ("spike", "makespan_ms", "spike: makespan")]
LABEL_WIDTH, PLOT_WIDTH, VALUE_WIDTH = 250, 470, 80
ROW, HEAD, GAP, MARGIN = 20, 44, 14, 16
WIDTH = MARGIN * 2 + LABEL_WIDTH + PLOT_WIDTH + VALUE_WIDTH
OURS, OTHERS, FAINT, TEXT = "#0b6e99", "#8a8a8a", "#d9d9d9", "#222222"


def panel_rows(results, work, metric):
    rows = []
    for engine, label in results["labels"].items():
        found = report.ratios(results["windows"], (work, engine, metric), (work, "cistern", metric))
        if found:
            if report.is_starving(results["windows"], work, engine):
                label += " †"
            rows.append((engine, label, statistics.median(found), min(found), max(found)))
    return sorted(rows, key=lambda row: row[2])


def text(x, y, words, anchor="start", size=12, weight="normal", fill=TEXT):
    return ('<text x="%.1f" y="%.1f" text-anchor="%s" font-size="%d" font-weight="%s" fill="%s">%s</text>'
            % (x, y, anchor, size, weight, fill, escape(words)))


def line(x1, y1, x2, y2, stroke, width=1.0):
    return ('<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="%s" stroke-width="%g"/>'
            % (x1, y1, x2, y2, stroke, width))


def panel(rows, title, top):
    low = math.floor(math.log10(min(min(row[3] for row in rows), 1.0)))
    high = max(math.ceil(math.log10(max(max(row[4] for row in rows), 1.0))), low + 1)
    left = MARGIN + LABEL_WIDTH
    place = lambda value: left + PLOT_WIDTH * (math.log10(max(value, 1e-9)) - low) / (high - low)
    bottom = top + HEAD + ROW * len(rows)
    parts = [text(MARGIN, top + 16, title, size=14, weight="bold")]
    for power in range(low, high + 1):
        at = place(10.0 ** power)
        parts += [line(at, top + HEAD - 10, at, bottom, FAINT),
                  text(at, top + HEAD - 14, "%g" % 10.0 ** power, "middle", 11, fill=OTHERS)]
    parts.append(line(place(1), top + HEAD - 10, place(1), bottom, OURS))
    for index, (engine, label, middle, least, most) in enumerate(rows):
        y = top + HEAD + ROW * index + ROW / 2
        is_ours = engine.startswith("cistern")
        colour = OURS if is_ours else OTHERS
        parts += [text(left - 10, y + 4, label, "end", 12, "bold" if is_ours else "normal"),
                  line(place(least), y, place(most), y, colour, 2),
                  '<circle cx="%.1f" cy="%.1f" r="4.5" fill="%s"/>' % (place(middle), y, colour),
                  text(WIDTH - MARGIN, y + 4, report.number(middle), "end", 12)]
    return parts, bottom


def picture(results):
    parts, top = [], MARGIN
    parts.append(text(MARGIN, top + 14, "times what cistern costs, in one run on one machine; less is better; † some threads got nothing",
                      size=12, fill=OTHERS))
    top += 30
    for work, metric, title in PANELS:
        rows = panel_rows(results, work, metric)
        if rows:
            drawn, bottom = panel(rows, title, top)
            parts += drawn
            top = bottom + GAP
    head = ('<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" '
            'font-family="DejaVu Sans, Verdana, sans-serif">' % (WIDTH, top, WIDTH, top))
    background = '<rect width="100%" height="100%" fill="white"/>'
    return "\n".join([head, background, *parts, "</svg>"]) + "\n"
