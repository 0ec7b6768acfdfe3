"""usage: show_with_pyarrow.py FILE: prints schema and rows of a stream of Arrow's IPC format, one a line."""
import sys

import pyarrow
import pyarrow.ipc


def show(reader):
    table = reader.read_all()
    table.validate(full=True)
    for field in table.schema:
        print(f"{field.name} {field.type}")
    for row in range(table.num_rows):
        print([_plain(column[row]) for column in table.columns])


def _plain(value):
    """Python's own times have no nanoseconds, and only the years 1 to 9999."""
    return (value.cast(pyarrow.int64()) if pyarrow.types.is_timestamp(value.type) else value).as_py()


if __name__ == "__main__":
    with open(sys.argv[1], "rb") as stream:
        show(pyarrow.ipc.open_stream(stream))
        if stream.read(1):
            sys.exit("something follows the end of the stream")
