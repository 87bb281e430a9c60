#!/usr/bin/env python3
"""What ingest costs, beside readers that check nothing: DuckDB and polars for a large CSV, fastexcel for a workbook.

    python3 benches/ingest.py --talenta target/release/talenta [--dir FOLDER] [--rows 1000000] [--runs 5] [--only csv|xlsx|memory]

Makes its inputs and a Python environment in FOLDER (default: the user's cache) once, runs everyone in turn, prints the median of each and
the ratios. FOLDER on a RAM disk (/dev/shm/…) takes the disk out of it: talenta keeps the delivery and fsyncs what it commits, the others
write one file and do not wait for the disk. The clock of the others starts after their imports, that of talenta with its process.
"""
import argparse, json, os, re, shutil, statistics, subprocess, sys, threading, time, venv

PACKAGES = ["duckdb", "polars", "fastexcel", "pyarrow", "xlsxwriter"]

DUCKDB = """
import duckdb
def work(source, target):
    duckdb.connect().execute(f"copy (select * from read_csv('{source}', all_varchar=true%s)) to '{target}' (format parquet, compression zstd)")
"""
# Of the file as agencies send it the plain call makes one column of whole lines; with these it finds the columns, and two more.
LENIENT = ", delim=',', null_padding=true, strict_mode=false"
POLARS = """
import polars
def work(source, target):
    polars.scan_csv(source, infer_schema=False, truncate_ragged_lines=True).sink_parquet(target, compression="zstd", compression_level=1)
"""
FASTEXCEL = """
import fastexcel
def work(source, target):
    fastexcel.read_excel(source).load_sheet(0, dtypes="string").to_arrow()
"""
CLOCK = """
import sys, time
began = time.perf_counter()
work(sys.argv[1], sys.argv[2])
print(time.perf_counter() - began)
"""
# Columns of a seniority list, from those of the export: 14.
DUK = {
    "NIP": "NIP BARU", "NAMA": "NAMA", "TGL LAHIR": "TANGGAL LAHIR", "JENIS KELAMIN": "JENIS KELAMIN", "GOL/RUANG": "GOL AKHIR NAMA",
    "TMT GOL": "TMT GOLONGAN", "JABATAN": "JABATAN NAMA", "TMT JABATAN": "TMT JABATAN", "PENDIDIKAN": "TINGKAT PENDIDIKAN NAMA",
    "JURUSAN": "PENDIDIKAN NAMA", "UNIT KERJA": "UNOR NAMA", "EMAIL": "EMAIL", "ALAMAT": "ALAMAT", "TEMPAT LAHIR": "TEMPAT LAHIR NAMA",
}
WORKBOOK = """
import csv, json, sys, xlsxwriter
source, target, rows, columns = sys.argv[1], sys.argv[2], int(sys.argv[3]), json.loads(sys.argv[4])
book = xlsxwriter.Workbook(target, {"constant_memory": False, "strings_to_numbers": False})
sheet = book.add_worksheet("DUK")
with open(source, encoding="utf-8-sig", newline="") as file:
    reader = csv.DictReader(file)
    for column, name in enumerate(columns):
        sheet.write_string(0, column, name)
    at = 0
    for record in reader:
        if at == rows:
            break
        at += 1
        for column, name in enumerate(columns.values()):
            sheet.write_string(at, column, record.get(name) or "")
book.close()
"""


def say(*words):
    print(*words, flush=True)


def environment(folder):
    """A Python with the packages of the others."""
    place = os.path.join(folder, "python")
    python = os.path.join(place, "bin", "python")
    if not os.path.exists(python):
        venv.create(place, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
    return python


def inputs(options, python):
    """The files: a CSV of all rows, the same without a fault, one of twice as many rows, and a workbook."""
    made = {}
    for name, rows, mess in [("csv", options.rows, 1), ("clean", options.rows, 0), ("more", options.rows * 2, 1)]:
        folder = os.path.join(options.dir, f"siasn-{rows}-{mess}", "6705")
        made[name] = os.path.join(folder, "siasn_2025-12.csv")
        if not os.path.exists(made[name]):
            subprocess.run([options.talenta, "--quiet", "sample", folder, "--siasn", str(rows), "--mess", str(mess)], check=True, stdout=subprocess.DEVNULL)
            os.rename(os.path.join(folder, "siasn.csv"), made[name])
    folder = os.path.join(options.dir, f"duk-{options.workbook_rows}", "6705")
    made["xlsx"] = os.path.join(folder, "duk_2025-12.xlsx")
    if not os.path.exists(made["xlsx"]):
        os.makedirs(folder, exist_ok=True)
        rows, columns = str(options.workbook_rows), json.dumps(DUK)
        subprocess.run([python, "-c", WORKBOOK, made["csv"], made["xlsx"], rows, columns], check=True)
    return made


def peak(pid):
    """Largest memory a process has had, in KiB."""
    try:
        with open(f"/proc/{pid}/status") as file:
            return int(re.search(r"VmHWM:\s+(\d+)", file.read()).group(1))
    except (OSError, AttributeError):
        return 0


def children(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            direct = file.read().split()
        threads = os.listdir(f"/proc/{pid}/task")
        more = [open(f"/proc/{pid}/task/{it}/children").read().split() for it in threads if it != str(pid)]
        return {int(it) for part in [direct, *more] for it in part}
    except OSError:
        return set()


class Watch(threading.Thread):
    """Follows the memory of a process and of its workers, each for itself."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.own, self.workers, self.over = pid, 0, 0, False
        self.start()

    def run(self):
        while not self.over:
            self.own = max(self.own, peak(self.pid))
            self.workers = max([self.workers, *map(peak, children(self.pid))])
            time.sleep(0.02)


def run(command, cwd=None):
    """Wall, processor seconds and peaks of one command."""
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    watch = Watch(process.pid)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    watch.over = True
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"failed: {' '.join(command)}\n{output}")
    return {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "own": watch.own, "workers": watch.workers, "output": output}


def talenta(options, source, limits=""):
    """One ingest into a new project."""
    project = os.path.join(options.dir, "project")
    shutil.rmtree(project, ignore_errors=True)
    subprocess.run([options.talenta, "init", project], check=True, stdout=subprocess.DEVNULL)
    with open(os.path.join(project, "talenta.toml"), "a") as settings:
        settings.write(limits)
    os.sync()
    done = run([options.talenta, "--project", project, "ingest", os.path.dirname(os.path.dirname(source))])
    done["line"] = [it for it in done["output"].splitlines() if " rows read = " in it]
    data = os.path.join(project, "lake", "pegawai")
    sizes = [os.path.getsize(os.path.join(at, it)) for at, _, names in os.walk(data) for it in names if it.endswith(".parquet")]
    done["bytes"] = sum(sizes)
    shutil.rmtree(project, ignore_errors=True)
    return done


def other(options, python, code, source):
    target = os.path.join(options.dir, "other.parquet")
    done = run([python, "-c", code + CLOCK, source, target])
    done["wall"] = float(done["output"].split()[-1])
    if os.path.exists(target):
        done["bytes"] = os.path.getsize(target)
        os.remove(target)
    return done


def table(title, runs, base):
    say(f"\n{title}\n")
    say(f"{'':<14}{'wall s':>9}{'min':>8}{'max':>8}{'cpu s':>8}{'peak MiB':>10}{'workers MiB':>13}{'written MB':>12}{'against it':>12}")
    median = {name: statistics.median(it["wall"] for it in all_runs) for name, all_runs in runs.items()}
    for name, all_runs in runs.items():
        walls = [it["wall"] for it in all_runs]
        cpu = statistics.median(it["cpu"] for it in all_runs)
        own, workers = (max(it[key] for it in all_runs) / 1024 for key in ("own", "workers"))
        written = all_runs[0].get("bytes", 0) / 1e6
        ratio = median[name] / median[base]
        say(
            f"{name:<14}{median[name]:>9.2f}{min(walls):>8.2f}{max(walls):>8.2f}{cpu:>8.2f}{own:>10.0f}{workers:>13.0f}{written:>12.1f}{ratio:>11.2f}x"
        )
    for line in next(iter(runs.values()))[0].get("line", []):
        say(line)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--talenta", default="target/release/talenta", help="the binary")
    options.add_argument("--dir", default=os.path.expanduser("~/.cache/talenta-bench"), help="folder for inputs and projects")
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--workbook-rows", type=int, default=100_000)
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--only", choices=["csv", "xlsx", "memory"])
    options = options.parse_args()
    options.talenta = os.path.abspath(options.talenta)
    os.makedirs(options.dir, exist_ok=True)
    python = environment(options.dir)
    made = inputs(options, python)
    versions = subprocess.run([python, "-m", "pip", "list", "--format=json"], capture_output=True, text=True, check=True).stdout
    named = {it["name"]: it["version"] for it in json.loads(versions)}
    say(", ".join(f"{it} {named[it]}" for it in PACKAGES[:3]), "·", os.cpu_count(), "processors", "·", "load", os.getloadavg()[0])
    if options.only in (None, "csv"):
        for name, what, reads in [("csv", "as agencies send it", LENIENT), ("clean", "without a fault", "")]:
            runs = {"talenta": [], "duckdb": [], "polars": []}
            for _ in range(options.runs):
                runs["talenta"].append(talenta(options, made[name]))
                runs["duckdb"].append(other(options, python, DUCKDB % reads, made[name]))
                runs["polars"].append(other(options, python, POLARS, made[name]))
            table(f"CSV {what}, {options.rows} rows, {os.path.getsize(made[name]) / 1e6:.0f} MB", runs, "duckdb")
    if options.only in (None, "xlsx"):
        runs = {"talenta": [], "fastexcel": []}
        for _ in range(options.runs):
            runs["talenta"].append(talenta(options, made["xlsx"]))
            runs["fastexcel"].append(other(options, python, FASTEXCEL, made["xlsx"]))
        table(f"XLSX, {options.workbook_rows} rows of {len(DUK)} columns", runs, "fastexcel")
    if options.only in (None, "memory"):
        # The larger file is above the usual limit of a delivery.
        limits = "\n[limits]\nfile_bytes_max = 4294967296\nrows_max = 4000000\n"
        peaks = {name: [talenta(options, made[name], limits) for _ in range(3)] for name in ("csv", "more")}
        beyond = options.rows
        say(f"\nmemory at {options.rows} rows, and for each row beyond, up to {options.rows * 2}; medians of three\n")
        for key in ("own", "workers"):
            at, more = (statistics.median(it[key] for it in peaks[name]) for name in ("csv", "more"))
            say(f"{key:<14}{at / 1024:>8.0f} MiB -> {more / 1024:>6.0f} MiB: {(more - at) * 1024 / beyond:>6.1f} bytes a row")


main()
