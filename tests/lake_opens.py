"""Opens every table of a project's lake with the Python packages `deltalake` and `polars`: the lake is ours, the format is everybody's.

Usage: lake_opens.py PROJECT. Prints a line a table: name, version, files, rows.
Exit: 0 all open and agree, 1 one does not, 2 wrong usage, 3 the packages are not installed.
"""

import pathlib
import sys

try:
    import polars
    from deltalake import DeltaTable
except ImportError as error:
    print(f"not checked: Python package `{error.name}` is not installed")
    sys.exit(3)


def look(folder: pathlib.Path) -> bool:
    table = DeltaTable(str(folder))
    files = len(table.file_uris())
    # Through the log: what every file's statistics promise.
    promised = sum(table.get_add_actions(flatten=True)["num_records"].to_pylist())
    # Through the files: every column of every row is decoded.
    frame = polars.scan_delta(str(folder)).collect()
    names = {field.name for field in table.schema().fields}
    agree = frame.height == promised and set(frame.columns) == names
    print(f"{folder.name}\tversion {table.version()}\t{files} files\t{frame.height} rows\t{'ok' if agree else 'DIFFERS'}")
    return agree


def main() -> int:
    if len(sys.argv) != 2:
        print("usage: lake_opens.py PROJECT")
        return 2
    lake = pathlib.Path(sys.argv[1]) / "lake"
    tables = sorted(log.parent for log in lake.glob("*/_delta_log"))
    if not tables:
        print(f"no table under {lake}")
        return 1
    wrong = 0
    for folder in tables:
        try:
            wrong += not look(folder)
        except Exception as error:  # one broken table must not hide the next
            print(f"{folder.name}\tcannot be opened: {type(error).__name__}: {error}")
            wrong += 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
