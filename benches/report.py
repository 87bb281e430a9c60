#!/usr/bin/env python3
"""200 readers, each a mail (HTML and text, four PNG), a PDF with four charts, and a workbook of 1,000 rows: `talenta run` beside a WeasyPrint,
matplotlib and XlsxWriter script that makes the same, in the same run, each with both cores.

    benches/report.py --talenta BIN [--readers 200] [--rounds 3] [--rival-readers N] [--work DIR]

Makes a small province and its release, puts the report of benches/report/ into the project, names the readers in recipients.toml, and runs a job
whose only step is `render`: queries as the reader, drawing, files. The script gets the finished data document and queries nothing. Wall time and
the largest sum of resident memory of all processes of each side. Needs weasyprint, matplotlib, xlsxwriter and jinja2 from PyPI beside this Python.
"""
import argparse, json, os, shutil, statistics, subprocess, sys, threading, time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HERE = ROOT / "benches/report"
PERIODE = "2025-12"


def tree(pid):
    """The process and all below it."""
    found, left = [], [pid]
    while left:
        one = left.pop()
        found.append(one)
        try:
            for task in os.listdir(f"/proc/{one}/task"):
                left += [int(it) for it in Path(f"/proc/{one}/task/{task}/children").read_text().split()]
        except OSError:
            pass
    return found


def memory(pid):
    """Proportional resident bytes of a process tree: pages that processes share count once."""
    total = 0
    for one in tree(pid):
        try:
            for line in Path(f"/proc/{one}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
        except OSError:
            pass
    return total


def timed(command, **more):
    """Seconds and largest memory of a command that must succeed."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, **more)
    peak = [0]

    def watch():
        while process.poll() is None:
            peak[0] = max(peak[0], memory(process.pid))
            time.sleep(0.2)

    thread = threading.Thread(target=watch)
    thread.start()
    code = process.wait()
    seconds = time.perf_counter() - started
    thread.join()
    if code:
        sys.exit(f"{command[0]} ended {code}")
    return seconds, peak[0]


def project(talenta, folder, readers):
    """A project with a release and the report of this bench for so many readers."""
    root = folder / "proyek"
    if not (root / "talenta.toml").exists():
        shutil.rmtree(root, ignore_errors=True)
        subprocess.run([talenta, "demo", "--dir", root, "--employees", "300"], check=True, stdout=subprocess.DEVNULL)
    own = root / "report-templates/ukur"
    shutil.rmtree(own, ignore_errors=True)
    (root / "pipelines/jobs/ukur.toml").unlink(missing_ok=True)
    subprocess.run([talenta, "--project", root, "report", "new", "ukur"], check=True, stdout=subprocess.DEVNULL)
    shutil.copy(HERE / "report.toml", own / "report.toml")
    # The sample of a new report is of another report; this one is measured, not checked.
    recipients = root / "recipients.toml"
    kept = recipients.read_text().split("# benches/report.py\n")[0]
    people = "".join(
        f'[[recipient]]\nname = "Penerima {i}"\njabatan = "Kepala"\naddress = "ukur-{i}@localhost"\nprincipal = "sekda"\ngroups = ["ukur"]\n\n'
        for i in range(readers)
    )
    recipients.write_text(f"{kept}# benches/report.py\n{people}")
    job = 'version = 1\nabout = "Ukuran"\nsteps = ["render"]\n[schedule]\ncron = "0 0 6 10 * *"\ntime_zone = "Asia/Pontianak"\n'
    (root / "pipelines/jobs/ukur.toml").write_text(f'{job}[[report]]\nname = "ukur"\nto = ["ukur"]\n')
    return root


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--talenta", required=True)
    parser.add_argument("--readers", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rival-readers", type=int, help="fewer readers for the script; its time is scaled up and said to be")
    parser.add_argument("--work", type=Path, default=Path.home() / ".cache/talenta-bench-report")
    args = parser.parse_args()
    talenta = str(Path(args.talenta).resolve())
    args.work.mkdir(parents=True, exist_ok=True)
    root = project(talenta, args.work, args.readers)
    rival_readers = args.rival_readers or args.readers
    ours, theirs = [], []
    for nth in range(args.rounds):
        shutil.rmtree(root / "laporan/ukur", ignore_errors=True)
        ours.append(timed([talenta, "--project", root, "--quiet", "run", "ukur", "--period", PERIODE]))
        documents = sorted((root / "laporan/ukur" / PERIODE).rglob("data.json"))
        files = sum(1 for it in (root / "laporan/ukur" / PERIODE).rglob("*") if it.is_file())
        if len(documents) != args.readers or files != 9 * args.readers:
            sys.exit(f"{len(documents)} documents and {files} files for {args.readers} readers")
        out = args.work / "naskah"
        shutil.rmtree(out, ignore_errors=True)
        theirs.append(timed([sys.executable, str(HERE / "rival.py"), "--document", str(documents[0]), "--output", str(out), "--readers", str(rival_readers)]))
    scale = args.readers / rival_readers
    own, other = statistics.median(it[0] for it in ours), statistics.median(it[0] for it in theirs) * scale
    pages = documents[0].parent
    said = {
        "readers": args.readers,
        "rounds": args.rounds,
        "talenta_seconds": [round(it[0], 2) for it in ours],
        "talenta_mib": round(max(it[1] for it in ours) / 2**20),
        "script_seconds": [round(it[0] * scale, 2) for it in theirs],
        "script_scaled_from": rival_readers,
        "script_mib": round(max(it[1] for it in theirs) / 2**20),
        "times_faster": round(other / own, 1),
        "bytes": {it.name: it.stat().st_size for it in sorted(pages.iterdir())},
    }
    print(json.dumps(said, indent=1))
    print(f"\n{args.readers} readers: talenta {own:.1f} s, {said['talenta_mib']} MiB; script {other:.1f} s, {said['script_mib']} MiB; {said['times_faster']} times")


if __name__ == "__main__":
    main()
