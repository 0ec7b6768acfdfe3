"""Foreign clients, fetched once into the cache that scripts/real-hive uses too."""
import functools
import os
import pathlib
import sys

from . import process
from .report import Skip, last_line
from .server import REAL_HIVE, fetch

IMPYLA = "impyla==0.24.0"
PYARROW = "pyarrow==19.0.1"


def cache():
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(os.environ.get("CISTERN_CACHE") or pathlib.Path(base) / "cistern")


@functools.cache
def _interpreter_with(package):
    """The Python interpreter that has it, or why there is none."""
    folder = cache() / package.replace("==", "-")
    complete = folder / "complete"
    if not complete.exists():
        made = process.run([sys.executable, "-m", "venv", "--clear", folder])
        if made.status == 0:
            made = process.run([folder / "bin/pip", "install", "--quiet", "--no-input", "--disable-pip-version-check",
                                "--timeout", "30", "--retries", "2", package], limit=300)
        if made.status:
            return None, f"{package} could not be fetched: {last_line(made.err or made.out)}"
        complete.touch()
    return folder / "bin/python", ""


def _python_with(package):
    python, problem = _interpreter_with(package)
    if problem:
        raise Skip(problem)
    return python


def impyla():
    return _python_with(IMPYLA)


def pyarrow():
    return _python_with(PYARROW)


def beeline():
    fetch("hive")
    return [REAL_HIVE, "beeline"]
