"""What became of each case."""
import fnmatch
import re
import time
import traceback


class Skip(Exception):
    """The case cannot be tried here; the text says what is missing."""


class Failure(AssertionError):
    """What was expected and what came instead."""


def expect(truth, what):
    if not truth:
        raise Failure(what)


def expect_equal(found, wanted, what):
    if found != wanted:
        raise Failure(f"{what}: {shorten(repr(found))} instead of {shorten(repr(wanted))}")


def shorten(text, limit=400):
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text)} characters)"


class Report:
    def __init__(self, patterns):
        self.patterns = patterns
        self.counts = {"passed": 0, "failed": 0, "skipped": 0}

    def wants(self, name):
        return not self.patterns or any(
            name == pattern or name.startswith(pattern + ".") or fnmatch.fnmatchcase(name, pattern)
            for pattern in self.patterns)

    def run(self, name, work):
        """Runs one case; whatever it throws is this case's result and nobody else's. It may return parts
        of it that could not be tested here, each with its reason."""
        began = time.monotonic()
        try:
            parts = work()
        except Skip as reason:
            self.skip(name, reason)
        except Failure as why:
            self.fail(name, why)
        except Exception as surprise:  # a fault of the suite itself must not end the other cases
            traceback.print_exc()
            self.fail(name, f"{type(surprise).__name__}: {surprise}")
        else:
            self._note("passed", f"PASS {name} ({time.monotonic() - began:.1f} s)")
            for part, reason in parts or ():
                self.skip(f"{name}: {part}", reason)

    def fail(self, name, why):
        self._note("failed", f"FAIL {name}: {one_line(why)}")

    def skip(self, name, reason):
        self._note("skipped", f"SKIP {name}: {one_line(reason)}")

    def finish(self):
        print(f"interop: {self.counts['passed']} passed, {self.counts['failed']} failed, "
              f"{self.counts['skipped']} skipped", flush=True)
        return 1 if self.counts["failed"] else 0

    def _note(self, count, line):
        self.counts[count] += 1
        print(line, flush=True)


def one_line(text):
    return " | ".join(part.strip() for part in plain(text).splitlines() if part.strip())


def plain(text):
    """Without the colours that some programs send to files too."""
    return re.sub(r"\x1b\[[0-9;]*m", "", str(text))


def last_line(text):
    lines = plain(text).strip().splitlines()
    return lines[-1].strip() if lines else ""
