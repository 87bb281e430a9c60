#!/usr/bin/env python3
"""Compares the SQL functions of talenta with scipy and numpy on many arguments, edges included.

    TALENTA=path/to/talenta functions_scipy.py PROJECT

PROJECT is any project (`talenta init`); nothing in it is changed. Exit 0 when all agree, 1 when one does not, 3 without scipy.
"""
import csv, io, os, random, subprocess, sys

try:
    import numpy
    from scipy import stats
except ImportError:
    print("scipy is not installed: comparison left out")
    sys.exit(3)

RELATIVE = 1e-9


def rows(sql):
    command = [os.environ["TALENTA"], "sql", "--draft", sql, "--format", "csv", "--project", sys.argv[1]]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        print(done.stderr.strip())
        sys.exit(1)
    return [[float(cell) if cell else None for cell in row] for row in list(csv.reader(io.StringIO(done.stdout)))[1:]]


def values(cases):
    return ", ".join("(" + ", ".join(repr(it) for it in case) + ")" for case in cases)


def compare(what, cases, got, wanted):
    bad = [(c, g, w) for c, g, w in zip(cases, got, wanted) if g is None or abs(g - w) > RELATIVE * max(abs(w), 1e-6)]
    if len(got) != len(cases):
        bad.append(("rows", len(got), len(cases)))
    for case, ours, theirs in bad[:3]:
        print(f"  {what}{case}: talenta {ours}, scipy {theirs}")
    print(f"{what}: {len(cases)} cases, {len(bad)} differ")
    return not bad


def intervals(draw):
    cases = [(i, *it) for i, it in enumerate([(0, 1), (1, 1), (0, 5), (5, 5), (1, 2), (0, 100000), (100000, 100000), (3, 100000)])]
    for i in range(len(cases), 300):
        n = draw.choice([3, 10, 40, 400, 30000])
        cases.append((i, draw.randint(0, n), n))
    z, alpha = float(stats.norm.ppf(0.975)), 0.05
    sql = (
        f"SELECT wilson_bawah(k, n, {z!r}), wilson_atas(k, n, {z!r}), binom_bawah(k, n, {alpha}), binom_atas(k, n, {alpha}) "
        f"FROM (VALUES {values(cases)}) AS t (i, k, n) ORDER BY i"
    )
    got, fine = rows(sql), True
    for place, name, side in [(0, "wilson_bawah", "low"), (1, "wilson_atas", "high")]:
        wanted = [getattr(stats.binomtest(k, n).proportion_ci(0.95, method="wilson"), side) for _, k, n in cases]
        fine &= compare(name, [it[1:] for it in cases], [row[place] for row in got], wanted)
    # binomtest's own exact interval is a root found to 2e-12; the beta quantile is sharper for rare cases.
    low = [float(stats.beta.ppf(alpha / 2, k, n - k + 1)) if k else 0.0 for _, k, n in cases]
    high = [float(stats.beta.ppf(1 - alpha / 2, k + 1, n - k)) if k < n else 1.0 for _, k, n in cases]
    fine &= compare("binom_bawah", [it[1:] for it in cases], [row[2] for row in got], low)
    fine &= compare("binom_atas", [it[1:] for it in cases], [row[3] for row in got], high)
    return fine


def tails(draw):
    cases, wanted = [], []
    for i in range(120):
        p = [draw.choice([0.0, 1.0, 1 / 3, 0.5, draw.random()]) for _ in range(draw.randint(1, 40))]
        k = draw.randint(0, len(p))
        cases.append((i, p, k))
        # The generating polynomial, multiplied out.
        coefficients = numpy.array([1.0])
        for it in p:
            coefficients = numpy.convolve(coefficients, [1 - it, it])
        wanted.append(float(coefficients[k:].sum()))
    same = [0.3] * 25
    cases.append((len(cases), same, 12))
    wanted.append(float(stats.binom.sf(11, 25, 0.3)))
    cells = ", ".join(f"({i}, make_array({', '.join(map(repr, p))}), {k})" for i, p, k in cases)
    got = [row[0] for row in rows(f"SELECT poisson_binomial_ekor(p, k) FROM (VALUES {cells}) AS t (i, p, k) ORDER BY i")]
    return compare("poisson_binomial_ekor", [(p, k) for _, p, k in cases], got, wanted)


def spreads(draw):
    groups = [[5], [1, 1], [0, 7], [3, 3, 3, 3, 3]]
    groups += [[draw.randint(0, 500) for _ in range(draw.randint(1, 30))] for _ in range(80)]
    groups = [it for it in groups if sum(it) > 0]
    cells = [(i, x) for i, group in enumerate(groups) for x in group]
    got = rows(f"SELECT entropi(x), gini(x) FROM (VALUES {values(cells)}) AS t (i, x) GROUP BY i ORDER BY i")
    fine = compare("entropi", groups, [row[0] for row in got], [float(stats.entropy(it)) for it in groups])

    def gini(group):
        # Half the relative mean absolute difference.
        x = numpy.array(group, dtype=float)
        return float(numpy.abs(x[:, None] - x[None, :]).mean() / (2 * x.mean()))

    return fine & compare("gini", groups, [row[1] for row in got], [gini(it) for it in groups])


def percent_ranks(draw):
    x = [draw.randint(0, 40) for _ in range(200)]
    cells = list(enumerate(x))
    got = rows(f"SELECT percent_rank() OVER (ORDER BY x) AS p, i FROM (VALUES {values(cells)}) AS t (i, x) ORDER BY i")
    wanted = [float((rank - 1) / (len(x) - 1)) for rank in stats.rankdata(x, method="min")]
    return compare("percent_rank", cells, [row[0] for row in got], wanted)


def main():
    draw = random.Random(20251231)
    fine = [part(draw) for part in (intervals, tails, spreads, percent_ranks)]
    sys.exit(0 if all(fine) else 1)


if __name__ == "__main__":
    main()
