#!/usr/bin/env python3
"""One reader's report as a script would make it: HTML by Jinja, four charts by matplotlib (PNG at 2x for the mail, SVG for the page), PDF by
WeasyPrint, workbook by XlsxWriter. Called by benches/report.py; `main` draws for many readers in two processes."""
import argparse, base64, datetime, io, json, multiprocessing, os, sys
from pathlib import Path

PAGE = """<!DOCTYPE html><html lang="id"><head><meta charset="utf-8"><title>{{ title }}</title><style>
@page { size: A4; margin: 20mm; @bottom-right { content: "halaman " counter(page) " dari " counter(pages); font-size: 8pt } }
body { font-family: Inter, sans-serif; font-size: 10pt; color: #1B2A33 } h1 { font-size: 17pt } h2 { font-size: 12pt }
table { border-collapse: collapse; width: 100%; font-size: 9pt } th { text-align: left; border-bottom: 1pt solid #1B2A33 }
td { border-bottom: .5pt solid #D9DFE2; padding: 3pt 5pt 3pt 0 } .r { text-align: right } img { width: 100% }
</style></head><body><h1>{{ title }}</h1><p>Yth. {{ reader }}</p>
{% for chart in charts %}<h2>{{ chart.title }}</h2><p>{{ chart.note }}</p><img src="{{ chart.src }}" alt="{{ chart.alt }}">{% endfor %}
<table><thead><tr><th>Daerah</th><th class="r">Orang</th><th class="r">Bagian (%)</th><th class="r">Indeks</th></tr></thead><tbody>
{% for row in rows %}<tr><td>{{ row.nama }}</td><td class="r">{{ row.n }}</td><td class="r">{{ "%.1f" | format(row.bagian * 100) }}</td>
<td class="r">{{ "%.2f" | format(row.indeks) }}</td></tr>{% endfor %}</tbody></table></body></html>"""


def charts(rows):
    """The four pictures as (name, PNG, SVG)."""
    import matplotlib.pyplot as plt

    names = [row["nama"] for row in rows]

    def dots(ax):
        order = sorted(rows, key=lambda row: row["bagian"])
        y = range(len(order))
        ax.hlines(y, [row["bawah"] for row in order], [row["atas"] for row in order], color="#7D8B93")
        ax.plot([row["bagian"] for row in order], y, "o", color="#1B2A33")
        ax.axvline(0.5, color="#0B6E75")
        ax.set_yticks(list(y), [row["nama"] for row in order])

    def bars(ax):
        order = sorted(rows, key=lambda row: row["indeks"])
        ax.barh([row["nama"] for row in order], [row["indeks"] for row in order], color="#7D8B93")
        for i, row in enumerate(order):
            ax.text(row["indeks"], i, f' {row["indeks"]:.2f}', va="center", fontsize=8)

    def funnel(ax):
        import numpy

        n = numpy.linspace(10, 700, 120)
        for z in (1.96, 3.09):
            half = z * numpy.sqrt(0.25 / n)
            ax.plot(n, 0.5 + half, n, 0.5 - half, color="#B9C3C8")
        ax.axhline(0.5, color="#0B6E75")
        ax.plot([row["n"] for row in rows], [row["bagian"] for row in rows], "o", color="#1B2A33")
        for row in rows:
            ax.annotate(row["nama"], (row["n"], row["bagian"]), fontsize=7)

    def stacked(ax):
        left = [0] * len(rows)
        for key, colour in (("rendah", "#7D8B93"), ("sedang", "#0B6E75"), ("tinggi", "#3E7C3A")):
            values = [row[key] for row in rows]
            ax.barh(names, values, left=left, color=colour)
            left = [a + b for a, b in zip(left, values)]

    made = []
    for name, draw in (("titik", dots), ("batang", bars), ("corong", funnel), ("susun", stacked)):
        figure, ax = plt.subplots(figsize=(6, 4.2))
        draw(ax)
        figure.tight_layout()
        png, svg = io.BytesIO(), io.BytesIO()
        figure.savefig(png, format="png", dpi=200)
        figure.savefig(svg, format="svg")
        plt.close(figure)
        made.append((name, png.getvalue(), svg.getvalue()))
    return made


def workbook(rows, path):
    import xlsxwriter

    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("baris")
    head, share, day = book.add_format({"bold": True}), book.add_format({"num_format": "0.0%"}), book.add_format({"num_format": "d mmmm yyyy"})
    keys = ["nomor", "kode", "nama", "pasangan", "indikator", "n_min", "bagian", "tanggal"]
    sheet.write_row(0, 0, keys, head)
    for i, row in enumerate(rows, 1):
        for j, key in enumerate(keys):
            if key == "tanggal":
                sheet.write_datetime(i, j, datetime.datetime.fromisoformat(row[key]), day)
            elif key == "bagian":
                sheet.write_number(i, j, row[key], share)
            elif isinstance(row[key], str):
                sheet.write_string(i, j, row[key])
            else:
                sheet.write_number(i, j, row[key])
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(rows), len(keys) - 1)
    book.close()


def reader(job):
    """Draws the report of one reader."""
    import jinja2
    from weasyprint import HTML

    data, name, folder = job
    folder.mkdir(parents=True)
    page = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined).from_string(PAGE)
    made = charts(data["daerah"])
    told = [{"title": it, "note": "Angka laporan ini.", "alt": it} for it in ("Bagian", "Indeks", "Corong", "Susunan")]
    mail = [dict(text, src=f"cid:{it[0]}") for text, it in zip(told, made)]
    (folder / "surel.html").write_text(page.render(title="Laporan ukuran", reader=name, charts=mail, rows=data["daerah"]))
    for it in made:
        (folder / f"{it[0]}.png").write_bytes(it[1])
    inside = [dict(text, src="data:image/svg+xml;base64," + base64.b64encode(it[2]).decode()) for text, it in zip(told, made)]
    HTML(string=page.render(title="Laporan ukuran", reader=name, charts=inside, rows=data["daerah"])).write_pdf(str(folder / "ukuran.pdf"), pdf_variant="pdf/ua-1")
    workbook(data["baris"], str(folder / "ukuran.xlsx"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--document", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--readers", type=int, required=True)
    parser.add_argument("--processes", type=int, default=2)
    args = parser.parse_args()
    os.environ["MPLBACKEND"] = "Agg"
    data = json.loads(args.document.read_text())["data"]
    jobs = [(data, f"Penerima {i}", args.output / str(i)) for i in range(args.readers)]
    with multiprocessing.Pool(args.processes) as pool:
        for _ in pool.imap_unordered(reader, jobs):
            pass


if __name__ == "__main__":
    sys.exit(main())
