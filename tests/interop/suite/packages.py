"""Foreign clients, fetched once into the cache that scripts/real-hive uses too."""
import os
import pathlib
import sys

from . import process
from .report import Skip, one_line
from .server import REAL_HIVE

IMPYLA = "impyla==0.24.0"


def cache():
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(os.environ.get("CISTERN_CACHE") or pathlib.Path(base) / "cistern")


def impyla():
    """The Python interpreter that has it."""
    folder = cache() / IMPYLA.replace("==", "-")
    complete = folder / "complete"
    if not complete.exists():
        made = process.run([sys.executable, "-m", "venv", "--clear", folder])
        if made.status == 0:
            made = process.run([folder / "bin/pip", "install", "--quiet", "--no-input", "--disable-pip-version-check",
                                "--timeout", "30", "--retries", "2", IMPYLA], limit=300)
        if made.status:
            raise Skip(f"{IMPYLA} could not be fetched: {one_line((made.err or made.out)[-300:])}")
        complete.touch()
    return folder / "bin/python"


def beeline():
    fetched = process.run([REAL_HIVE, "fetch", "hive"], limit=1800)
    if fetched.status:
        raise Skip(one_line(fetched.err[-300:]))
    return [REAL_HIVE, "beeline"]
