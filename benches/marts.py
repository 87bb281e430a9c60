#!/usr/bin/env python3
"""All marts over canonical tables: `talenta marts` beside DuckDB with the same statements, in the same run.

    benches/marts.py --talenta BIN [--employees 80000] [--times 15] [--rounds 5] [--work DIR]

Makes a province (`talenta sample`, `ingest`), takes its canonical tables out as Parquet (`talenta sql`), repeats the yearly snapshot of
employees and units so that the tables hold five years, and runs both programs alternately. DuckDB gets the same statements in its own dialect:
staging tables are materialised once as its user would, our functions are macros over built-ins (two aggregates and an array function among them),
rule tables and parameters are tables of the day. What is withheld beside a withheld figure is decided by a function that DuckDB has no words for:
statements that rest on it are left out on its side, and out of the ratio. The marts of both are compared row by row before any time is reported.
Needs duckdb from PyPI.
"""
import argparse, csv, json, os, re, resource, shutil, statistics, subprocess, sys, time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PERIODE, DAY = "2025-12", "2025-12-31"
TABLES = """pegawai unor riwayat_golongan riwayat_jabatan riwayat_pendidikan kinerja pelatihan asesmen standar_kompetensi hukuman_disiplin
keluarga seleksi seleksi_kandidat seleksi_panel seleksi_nilai pejabat_politik merit_indikator komitmen berkas tolakan perbaikan temuan_mutu""".split()

# Our own window function over flows in a circulation, and the table of the contracts' sentences.
WITHOUT_WORDS = ["sel_ditahan(", "aturan_kiriman"]

MACROS = r"""
CREATE MACRO periode_acuan() AS '2025-12';
CREATE MACRO tanggal_acuan() AS DATE '2025-12-31';
CREATE MACRO parameter(n) AS CAST(getvariable('p')[n] AS DOUBLE);
CREATE MACRO parameter_teks(n) AS getvariable('p')[n];
CREATE MACRO tambah_bulan(d, m) AS CAST(d + to_months(CAST(m AS INTEGER)) AS DATE);
CREATE MACRO bulatkan(x, d) AS sign(x) * floor(abs(x) * pow(10, d) + 0.5 + 1e-9) / pow(10, d);
CREATE MACRO nama_normal(n) AS nullif(replace(replace(replace(replace(replace(array_to_string(list_filter(list_transform(list_filter(
    string_split_regex(trim(upper(strip_accents(split_part(n, ',', 1)))), '\s+'), lambda t: NOT regexp_matches(t, '^[A-Z]{1,3}\..')),
    lambda t: regexp_replace(t, '[^A-Z]', '', 'g')),
    lambda t: t <> '' AND t NOT IN ('H','HJ','DR','DRS','DRA','IR','PROF','KH','ALM','ALMH','BIN','BINTI')), ' '),
    'OE', 'U'), 'DJ', 'J'), 'TJ', 'C'), 'SJ', 'SY'), 'NJ', 'NY'), '');
CREATE MACRO wilson_pusat(k, n, z) AS k / n + z * z / (2.0 * n);
CREATE MACRO wilson_lebar(k, n, z) AS z * sqrt(k / n * (1.0 - k / n) / n + z * z / (4.0 * n * n));
CREATE MACRO wilson_bawah(k, n, z) AS CASE WHEN n > 0 THEN greatest((wilson_pusat(k, n, z) - wilson_lebar(k, n, z)) / (1.0 + z * z / n), 0.0) END;
CREATE MACRO wilson_atas(k, n, z) AS CASE WHEN n > 0 THEN least((wilson_pusat(k, n, z) + wilson_lebar(k, n, z)) / (1.0 + z * z / n), 1.0) END;
CREATE MACRO entropi_daftar(l) AS list_sum(list_transform(l, lambda x: CASE WHEN x > 0 THEN -(x / list_sum(l)) * ln(x / list_sum(l)) ELSE 0.0 END));
CREATE MACRO gini_daftar(l) AS CASE WHEN list_sum(l) > 0
    THEN list_sum(list_transform(l, lambda x, i: (2.0 * i - len(l) - 1.0) * x)) / (len(l) * list_sum(l)) END;
CREATE MACRO poisson_binomial_ekor(p, k) AS CASE WHEN p IS NULL OR k IS NULL THEN NULL ELSE least(list_sum(list_slice(
    list_reduce(list_sort(p), lambda a, q: list_transform(range(0, len(a) + 1),
        lambda i: coalesce(a[i + 1], 0.0) * (1.0 - q) + CASE WHEN i > 0 THEN a[i] * q ELSE 0.0 END), [CAST(1.0 AS DOUBLE)]),
    CAST(greatest(ceil(k), 0) AS BIGINT) + 1, len(p) + 1)), 1.0) END;
CREATE MACRO array_has(a, x) AS list_contains(a, x);
CREATE MACRO to_char(d, f) AS strftime(d, f);
CREATE MACRO arrow_cast(t, f) AS CAST(t AS TIMESTAMP) + INTERVAL 7 HOUR;
CREATE MACRO string_to_array(t, s) AS string_split(t, s);
"""


def statement(path):
    """One project statement in DuckDB's dialect; what differs is little, so that it is rewritten here and nowhere else."""
    sql = "\n".join(line for line in path.read_text().splitlines() if not line.lstrip().startswith("--"))
    sql = re.sub(r"\bentropi\(([^()]+)\)", r"entropi_daftar(list(CAST(\1 AS DOUBLE)))", sql)
    sql = re.sub(r"\bgini\(([^()]+)\)", r"gini_daftar(list(CAST(\1 AS DOUBLE) ORDER BY \1))", sql)
    return sql


def depends(statements, inputs):
    """Names each statement reads, in an order that can be run."""
    names = set(statements) | set(inputs)
    reads = {n: {w for w in re.findall(r"(?:FROM|JOIN)\s+([a-z_0-9]+)", s) if w in names and w != n} for n, s in statements.items()}
    order, done = [], set(inputs)
    while len(order) < len(statements):
        free = sorted(n for n in statements if n not in done and reads[n] <= done)
        if not free:
            sys.exit(f"cannot order {sorted(set(statements) - done)}")
        order += free
        done |= set(free)
    return order


def rival(tables, output, threads=2, memory="2GB"):
    """Runs all statements in DuckDB; prints one JSON object with the seconds of every table."""
    import duckdb

    started = time.perf_counter()
    db = duckdb.connect(str(output / "kerja.duckdb"), config={"threads": threads, "memory_limit": memory, "temp_directory": str(output / "tmp")})
    parameters = {}
    for path in sorted((ROOT / "queries/rules").glob("*.csv")):
        # Codes are texts.
        codes = [name for name in next(csv.reader(path.open(newline=""))) if name == "kode" or name.endswith(("_kode", "_id"))]
        types = ", types={" + ", ".join(f"'{it}': 'VARCHAR'" for it in codes) + "}" if codes else ""
        db.execute(f"CREATE TABLE {path.stem}_riwayat AS SELECT * FROM read_csv('{path}', header=true, sample_size=-1{types})")
        described = db.execute(f"DESCRIBE {path.stem}_riwayat").fetchall()
        columns = [row[0] for row in described]
        # A date takes only an INTEGER of days there.
        for name in (row[0] for row in described if row[1] == "BIGINT"):
            db.execute(f"ALTER TABLE {path.stem}_riwayat ALTER {name} TYPE INTEGER")
        valid = " AND ".join(["true"] + ["(valid_from IS NULL OR CAST(valid_from AS DATE) <= DATE '2025-12-31')"] * ("valid_from" in columns)
                             + ["(valid_to IS NULL OR CAST(valid_to AS DATE) >= DATE '2025-12-31')"] * ("valid_to" in columns))
        db.execute(f"CREATE TABLE {path.stem} AS SELECT * FROM {path.stem}_riwayat WHERE {valid}")
        db.execute(f"SELECT 1 FROM {path.stem}")
    parameters = dict(db.execute("SELECT name, CAST(value AS VARCHAR) FROM parameter").fetchall())
    db.execute("SET VARIABLE p = MAP($1, $2)", [list(parameters), list(parameters.values())])
    for macro in MACROS.strip().split(";\n"):
        db.execute(macro)
    for name in TABLES:
        db.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{tables / name}.parquet')")
    staging = {path.stem: statement(path) for path in (ROOT / "queries/staging").glob("*.sql")}
    marts = {path.stem: statement(path) for path in (ROOT / "queries/marts").glob("*/*.sql")}
    rules = [path.stem for path in (ROOT / "queries/rules").glob("*.csv")]
    seconds, everything = {}, {**staging, **marts}
    left_out = {name for name, sql in everything.items() if any(it in sql for it in WITHOUT_WORDS)}
    while more := {name for name, sql in everything.items() if name not in left_out and left_out & set(re.findall(r"(?:FROM|JOIN)\s+([a-z_0-9]+)", sql))}:
        left_out |= more
    everything = {name: sql for name, sql in everything.items() if name not in left_out}
    for name in depends(everything, TABLES + rules + [f"{it}_riwayat" for it in rules]):
        begun = time.perf_counter()
        sql = everything[name]
        db.execute(f"CREATE TEMP TABLE {name} AS {sql}")
        if name in marts:
            db.execute(f"COPY {name} TO '{output / name}.csv' (HEADER)")
        seconds[name] = time.perf_counter() - begun
    checks = 0
    for path in sorted((ROOT / "queries/checks").glob("*.sql")):
        sql = statement(path).strip().rstrip(";")
        if not left_out & set(re.findall(r"(?:FROM|JOIN)\s+([a-z_0-9]+)", sql)):
            checks += 1
            db.execute(f"SELECT count(*) FROM ({sql})").fetchone()
    print(json.dumps({"seconds": seconds, "left_out": sorted(left_out), "checks": checks, "total": time.perf_counter() - started}))


def run(command):
    """Wall seconds, peak resident MiB of the child, and what it printed."""
    before = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    printed = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        sys.exit(f"{command[:3]} ended with {status}")
    return time.perf_counter() - before, usage.ru_maxrss / 1024, printed


def province(talenta, employees, seed, work):
    """Canonical tables of a generated province as Parquet, five yearly snapshots of employees and units among them."""
    tables = work / f"tabel-{employees}"
    if (tables / "lengkap").exists():
        return tables
    shutil.rmtree(tables, ignore_errors=True)
    tables.mkdir(parents=True)
    project = work / f"proyek-{employees}"
    shutil.rmtree(project, ignore_errors=True)
    subprocess.run([talenta, "init", project], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([talenta, "sample", work / f"kiriman-{employees}", "--employees", str(employees), "--seed", str(seed), "--mess", "0"], check=True,
                   stdout=subprocess.DEVNULL)
    # Rejected rows end with 1 only where a file is refused; the figures below say how much came.
    subprocess.run([talenta, "ingest", work / f"kiriman-{employees}/inbox", "--project", project], stdout=subprocess.DEVNULL)
    for name in TABLES:
        subprocess.run([talenta, "sql", f"select * from {name}", "--draft", "--format", "parquet", "--output", tables / f"{name}.parquet", "--project", project],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    import duckdb

    for name in ("pegawai", "unor"):
        last = f"SELECT * FROM read_parquet('{tables / name}.parquet')"
        years = " UNION ALL ".join(f"SELECT * REPLACE ('{year}-12' AS periode) FROM ({last}) WHERE periode = '{PERIODE}'" for year in range(2021, 2025))
        duckdb.sql(f"COPY ({last} UNION ALL {years}) TO '{tables / name}.baru' (FORMAT parquet, COMPRESSION zstd)")
        os.replace(tables / f"{name}.baru", tables / f"{name}.parquet")
    (tables / "lengkap").touch()
    return tables


def same(ours, theirs):
    """Names of marts whose rows differ, in the order of the key, numbers within 1e-5; and how many were compared."""
    def rows(path):
        with open(path, newline="") as file:
            reader = csv.reader(file)
            keep = [i for i, name in enumerate(next(reader)) if name != "periode"]
            return [[row[i] for i in keep] for row in reader]

    def equal(mine, yours):
        if mine == yours:
            return True
        try:
            return abs(float(mine) - float(yours)) <= 1e-5
        except ValueError:
            return False

    def differ(path):
        mine, yours = rows(path), rows(theirs / path.name)
        return len(mine) != len(yours) or not all(equal(a, b) for x, y in zip(mine, yours) for a, b in zip(x, y))

    both = [path for path in sorted(ours.glob("*.csv")) if (theirs / path.name).exists()]
    return [path.stem for path in both if differ(path)], len(both)


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--talenta", type=Path)
    ask.add_argument("--employees", type=int, default=80_000)
    ask.add_argument("--times", type=int, default=0, help="also this many times fewer people, for the growth")
    ask.add_argument("--rounds", type=int, default=5)
    ask.add_argument("--work", type=Path, default=Path.home() / ".cache/talenta-bench")
    ask.add_argument("--tables", type=Path, help="canonical tables that are there already")
    ask.add_argument("--rival", nargs=2, type=Path, help=argparse.SUPPRESS)
    args = ask.parse_args()
    if args.rival:
        shutil.rmtree(args.rival[1], ignore_errors=True)
        args.rival[1].mkdir(parents=True)
        return rival(*args.rival)
    talenta = args.talenta.resolve()
    project = args.work / "proyek"
    if not project.exists():
        subprocess.run([talenta, "init", project], check=True, stdout=subprocess.DEVNULL)
    times = {}
    for employees in [args.employees] + ([args.employees // args.times] if args.times else []):
        tables = args.tables or province(talenta, employees, 1, args.work)
        out, theirs = args.work / "hasil", args.work / "hasil-duckdb"
        shutil.rmtree(out, ignore_errors=True)
        ours_cmd = [str(talenta), "marts", "--tables", str(tables), "--period", PERIODE, "--output", str(out), "--project", str(project), "--json", "-q"]
        duck_cmd = [sys.executable, __file__, "--rival", str(tables), str(theirs)]
        samples = {"talenta": [], "duckdb": []}
        for nth in range(args.rounds):
            order = [("talenta", ours_cmd), ("duckdb", duck_cmd)]
            for name, command in order if nth % 2 == 0 else reversed(order):
                samples[name].append(run(command))
        differ, compared = same(out, theirs)
        ours, duck = (min(samples[name], key=lambda it: it[0]) for name in ("talenta", "duckdb"))
        median = {name: statistics.median(it[0] for it in found) for name, found in samples.items()}
        peak = {name: max(it[1] for it in found) for name, found in samples.items()}
        times[employees] = median["talenta"]
        print(f"\n{employees} employees: talenta {median['talenta']:.2f} s, {peak['talenta']:.0f} MiB; duckdb {median['duckdb']:.2f} s, {peak['duckdb']:.0f} MiB; "
              f"ratio {median['talenta'] / median['duckdb']:.2f}; marts that differ: {differ or 'none'}")
        mine = {step["name"]: step["seconds"] for step in json.loads(ours[2])["steps"]}
        yours = json.loads(duck[2])["seconds"]
        slower = [name for name in mine if name in yours and mine[name] > 0.02 and mine[name] > 1.5 * yours[name]]
        for name in sorted(set(sorted(mine, key=lambda it: -mine[it])[:10] + slower), key=lambda it: -mine[it]):
            print(f"  {name:<26} talenta {mine[name]:7.3f} s   duckdb {yours.get(name, 0):7.3f} s   ratio {mine[name] / max(yours.get(name, 0), 1e-9):.2f}")
    if args.times:
        small, large = args.employees // args.times, args.employees
        print(f"\n{args.times} times the people: {times[large] / times[small]:.1f} times the time")


main()
