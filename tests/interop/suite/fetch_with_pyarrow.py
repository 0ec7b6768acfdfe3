"""usage: fetch_with_pyarrow.py LIBRARY PROPERTIES POOL UNIT SQL: prints schema and rows, one a line."""
import ctypes
import sys

import pyarrow

from show_with_pyarrow import show

library, properties, pool, unit, sql = sys.argv[1:]
opened = ctypes.CDLL(library)
opened.arrow_open.restype = ctypes.c_char_p
opened.arrow_open.argtypes = [ctypes.c_char_p] * 3 + [ctypes.c_int, ctypes.c_void_p]
stream = ctypes.create_string_buffer(5 * ctypes.sizeof(ctypes.c_void_p))  # an ArrowArrayStream
address = ctypes.addressof(stream)
problem = opened.arrow_open(properties.encode(), pool.encode(), sql.encode(), unit == "us", address)
if problem:
    sys.exit(problem.decode())
reader = pyarrow.RecordBatchReader._import_from_c(address)
show(reader)
reader.close()
del reader
opened.arrow_close()
