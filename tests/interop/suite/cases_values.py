"""Values as applications have them: bound into statements, and read out of what comes back."""
from . import pool_driver, process
from .report import Failure


def values_come_back(at):
    """Three hundred hostile strings and every type there and back, and nested values."""
    result = process.run([at.build / "bin/interop-values", pool_driver.properties(at), "real"], limit=180)
    if result.status:
        raise Failure((result.out + result.err)[-1500:])


values_come_back.only_auth = "none"

CASES = [values_come_back]
