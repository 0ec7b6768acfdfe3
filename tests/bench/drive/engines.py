"""What is measured: our own program, one window per process, and the peers, each a process that lives
on and runs one window per command, so that what is compiled as it runs stays compiled."""
import json
import os
import re
import resource
import shutil
import subprocess
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PEERS = os.path.join(HERE, "..", "peers")
TICKS = os.sysconf("SC_CLK_TCK")


def text_of(*path):
    with open(os.path.join(PEERS, *path), encoding="utf-8") as text:
        return text.read()


def version(pattern, *path):
    return re.search(pattern, text_of(*path), re.S).group(1)


class Missing(Exception):
    """Why an engine cannot be measured here."""


class Ours:
    """cistern itself and what is built into the same program."""

    def __init__(self, name, label, programs):
        self.name, self.label, self.program = name, label, os.path.join(programs, "cistern_bench")
        self.warm_ups = 0

    def window(self, work, seconds):
        command = [self.program, "--benchmark_filter=^%s$" % work.ours(self.name), "--benchmark_format=json",
                   "--benchmark_min_time=%g" % seconds, "--window=%g" % seconds]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode != 0:
            raise Missing("%s: %s" % (" ".join(command), done.stderr.strip().splitlines()[-1:]))
        runs = json.loads(done.stdout)["benchmarks"]
        if len(runs) != 1:
            raise Missing("cistern_bench has no work called " + work.ours(self.name))
        values = {key: value for key, value in runs[0].items() if isinstance(value, (int, float))}
        values["ns"] = values["real_time"]
        values["makespan_ms"] = values["ns"] / 1e6   # what the peers call it, where a run is one cycle
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return values, used

    def stop(self):
        pass


class Peer:
    def __init__(self, name, label, command, warm_ups=1):
        self.name, self.label, self.command, self.warm_ups = name, label, command, warm_ups
        self.process = None

    def start(self, log):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=log, text=True, bufsize=1)
        if self.process.stdout.readline().strip() != "READY":
            raise Missing("%s does not start" % self.label)

    def used(self):
        with open("/proc/%d/stat" % self.process.pid, encoding="ascii") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def window(self, work, seconds):
        before = self.used()
        self.process.stdin.write(work.peer(seconds) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        values = json.loads(answer) if answer else {}
        if not values:
            raise Missing("%s gives no answer to `%s`" % (self.label, work.peer(seconds)))
        return values, self.used() - before

    def stop(self):
        if self.process:
            self.process.stdin.close()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()


def build(what, tool, command, folder):
    """Builds a folder of peers; says why when that is not possible here."""
    if shutil.which(tool) is None:
        raise Missing("%s is not installed" % tool)
    done = subprocess.run(command, cwd=os.path.join(PEERS, folder), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        raise Missing("%s cannot be built: %s" % (what, (lines or ["no message"])[0][:200]))


def java_peers(output):
    build("the Java peers", "mvn", ["mvn", "-q", "-B", "-Dbench.output=" + output, "package"], "jvm")
    java = ["java", "-Xms256m", "-Xmx1g", "-XX:+UseParallelGC", "-cp",
            os.path.join(output, "classes") + ":" + os.path.join(output, "lib", "*"), "peers.Main"]
    of = lambda artifact: version("<artifactId>%s</artifactId>\\s*<version>([^<]*)<" % artifact, "jvm", "pom.xml")
    storm = version("<stormpot.version>([^<]*)<", "jvm", "pom.xml")
    return [Peer("hikari", "HikariCP " + of("HikariCP"), java + ["hikari"], 3),
            Peer("stormpot", "Stormpot %s, a tap per thread" % storm, java + ["stormpot"], 3),
            Peer("tomcat", "tomcat-jdbc " + of("tomcat-jdbc"), java + ["tomcat"], 3)]


def rust_peers(output):
    build("the Rust peer", "cargo", ["cargo", "build", "-q", "--release", "--locked", "--target-dir", output], "rust")
    return [Peer("r2d2", "r2d2 %s (Rust)" % version('r2d2 = "=([^"]*)"', "rust", "Cargo.toml"),
                 [os.path.join(output, "release", "peers")])]


def go_peers(output):
    program = os.path.join(output, "peers")
    build("the Go peer", "go", ["go", "build", "-o", program, "."], "go")
    return [Peer("puddle", "puddle %s (Go)" % version(r"puddle/v2 v(\S+)", "go", "go.mod"), [program])]


def poco_version():
    done = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", "libpoco-dev"],
                          capture_output=True, text=True, check=False)
    return done.stdout.split("-")[0] or "?"


def all_engines(build_folder, log):
    """Every engine that can be had, and the reasons for those that cannot."""
    programs = os.path.join(build_folder, "bin")
    engines = [Ours("cistern", "cistern", programs),
               Ours("cistern-bypass", "cistern, bypass_window 50us", programs),
               Ours("floor", "floor: CAS and exchange, not a pool", programs),
               Ours("mutex", "mutex, condition and stack", programs),
               Ours("poco", "Poco::ObjectPool " + poco_version(), programs),
               Ours("futex", "a bare futex", programs),
               Ours("condvar", "std::condition_variable", programs)]
    reasons = {}
    for names, make, folder in (("HikariCP, Stormpot, tomcat-jdbc", java_peers, "jvm"),
                                ("r2d2", rust_peers, "rust"), ("puddle", go_peers, "go")):
        try:
            for peer in make(os.path.join(build_folder, "peers", folder)):
                peer.start(log)
                engines.append(peer)
        except Missing as why:
            reasons[names] = str(why)
    return {engine.name: engine for engine in engines}, reasons


def busy():
    """Processor seconds that the machine has spent on anything."""
    with open("/proc/stat", encoding="ascii") as stat:
        fields = [int(field) for field in stat.readline().split()[1:9]]
    return sum(fields[i] for i in (0, 1, 2, 5, 6, 7)) / TICKS


def measured(engine, work, seconds):
    """One window, and the share of the machine that others had meanwhile."""
    own = os.times()
    machine, began = busy(), time.monotonic()
    values, used = engine.window(work, seconds)
    elapsed = time.monotonic() - began
    now = os.times()
    used += now.user + now.system - own.user - own.system
    foreign = (busy() - machine - used) / (os.cpu_count() * elapsed)
    return values, max(0.0, foreign)
