"""The works, who does them, and what is asked of the result."""
from dataclasses import dataclass, field

POOLS = ["cistern", "mutex", "poco", "hikari", "stormpot", "tomcat", "r2d2", "puddle"]


@dataclass
class Work:
    key: str
    title: str
    ours_pattern: str           # the name in cistern_bench; {} is the engine's
    command: str                # what a peer is told, with a {} for the seconds
    engines: list
    window_scale: float = 1.0   # of the usual window's length
    values: list = field(default_factory=list)   # one a repetition: {engine: {metric: value}}

    def ours(self, engine):
        return self.ours_pattern.format(engine)

    def peer(self, seconds):
        return self.command.format("%g" % seconds)


def all_works():
    cycle = ["cistern", "cistern-bypass", "floor"] + POOLS[1:]
    wakers = ["cistern", "futex", "condvar"]
    return {work.key: work for work in [
        Work("plain-1", "borrow and return, 1 thread, 32 connections",
             "plain/{}/real_time/threads:1", "plain 1 32 {}", cycle),
        Work("plain-2", "the same, 2 threads", "plain/{}/real_time/threads:2", "plain 2 32 {}", cycle),
        Work("overlap-2", "2 threads, each takes the next before it returns the last",
             "overlap/{}/real_time/threads:2", "overlap 2 32 {}", cycle),
        Work("hold", "8 threads on 4 connections, each held for 100 us",
             "hold/{}/iterations:1/manual_time", "hold 8 4 {}", ["cistern-bypass"] + POOLS, window_scale=3),
        Work("crowd", "8 threads on 1 connection, nothing to do",
             "crowd/{}/iterations:1/manual_time", "crowd 8 1 {}", cycle),
        Work("wake-same", "from giving back to the waiter running, on one processor",
             "wake/{}/same/iterations:1/manual_time", "", wakers),
        Work("wake-across", "the same, to the other processor",
             "wake/{}/across/iterations:1/manual_time", "", wakers),
        Work("spike", "50 callers at once on 5 open connections, 50 allowed, 150 ms to open one, 2 ms of work",
             "spike/{}/iterations:1/manual_time", "spike 50 5 50 150 2",
             [engine for engine in POOLS if engine not in ("mutex", "stormpot")]),
    ]}


# What is run side by side, window by window; the works of one line are compared with each other too.
GROUPS = [["plain-1"], ["plain-2", "overlap-2"], ["hold"], ["crowd"], ["wake-same", "wake-across"], ["spike"]]


@dataclass
class Target:
    text: str
    of: tuple        # work, engine, metric
    by: tuple        # the same, or a number to divide by
    limit: float     # the most that the quotient may be
    shown: str       # the limit in words


THREAD_POOLS = ["mutex", "poco", "hikari", "tomcat", "r2d2"]


def all_targets():
    ns = lambda work, engine: (work, engine, "ns")
    tail = lambda engine: ("hold", engine, "p999_us")
    return [
        # Both are ours, so they can tell the processor time, which nobody else's work adds to.
        Target("1 thread: processor time against the floor", ("plain-1", "cistern", "cpu_time"),
               ("plain-1", "floor", "cpu_time"), 1.15, "≤ 1.15"),
        Target("1 thread: cost against HikariCP", ns("plain-1", "cistern"), ns("plain-1", "hikari"), 1 / 15, "≤ 1/15"),
        Target("1 thread: cost against Stormpot", ns("plain-1", "cistern"), ns("plain-1", "stormpot"), 1.1, "level"),
        Target("2 threads: cost against HikariCP", ns("plain-2", "cistern"), ns("plain-2", "hikari"), 1 / 15, "≤ 1/15"),
        Target("2 threads: cost against 1 thread", ns("plain-2", "cistern"), ns("plain-1", "cistern"), 0.55, "linear: 0.5"),
        Target("2 threads: overlapping against plain", ns("overlap-2", "cistern"), ns("plain-2", "cistern"), 1.5, "≤ 1.5"),
        Target("held 100 us: p99.9 wait against HikariCP", tail("cistern"), tail("hikari"), 1 / 5, "≤ 1/5"),
        *[Target("held 100 us: p99.9 wait against " + name, tail("cistern"), tail(name), 1.0, "≤ 1")
          for name in THREAD_POOLS if name != "hikari"],
        Target("held 100 us: time per cycle against HikariCP", ns("hold", "cistern"), ns("hold", "hikari"), 1.0, "≤ 1"),
        Target("8 threads on 1, 50 us window: cost against HikariCP",
               ns("crowd", "cistern-bypass"), ns("crowd", "hikari"), 1 / 4, "≤ 1/4"),
        Target("waking a waiter, one processor, against a futex",
               ns("wake-same", "cistern"), ns("wake-same", "futex"), 1.1, "≤ 1.1"),
        Target("waking a waiter, the other processor, against a futex",
               ns("wake-across", "cistern"), ns("wake-across", "futex"), 1.1, "≤ 1.1"),
        Target("spike: makespan against HikariCP", ("spike", "cistern", "makespan_ms"), ("spike", "hikari", "makespan_ms"),
               1.05, "≤ 1.05"),
        Target("spike: connections opened", ("spike", "cistern", "opened_later"), 1, 3, "≤ 3"),
        Target("10,000 waiters: bytes each, beside the thread", ("waiters", "cistern", "heap_bytes_per_waiter"), 1, 256,
               "≤ 256"),
        Target("10,000 waiters: the latest one's lateness in parts of 1 % of its time",
               ("waiters", "cistern", "late_max_ms"), 40, 1.0, "≤ 1"),
        Target("10,000 waiters: the same against bare sleeping threads",
               ("waiters", "cistern", "late_max_ms"), ("waiters", "cistern", "floor_late_max_ms"), None, "—"),
    ]
