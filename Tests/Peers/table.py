"""table.py SUITE FOLDER RUNTIME…: reads FOLDER/SUITE.PROGRAM.RUNTIME, reports in TAP, and prints a table of them.

A line is a test; the validation programs are one test each, as each asks for one thing. Exits 1 where the last runtime
fails what another passes.
"""
import pathlib, re, sys

suite, folder, runtimes = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3:]
LINE = re.compile(r"(not ok|ok) \d+(?: -)? ?(.*?)(?: ?# ?(skip|todo)\b.*)?$", re.IGNORECASE)


def outcomes(text):
    """Each test's name and outcome."""
    for line in text.splitlines():
        if match := LINE.match(line):
            mark, name, directive = match.groups()
            passes = mark == "ok" or (directive or "").lower() == "todo"
            yield name, "skip" if (directive or "").lower() == "skip" else "pass" if passes else "FAIL"


def whole(text):
    """A program's outcome: some report nothing but what is wrong."""
    found = {outcome for _, outcome in outcomes(text)}
    if "FAIL" in found or (not found and '"error":"' in text.replace('"error":""', "")):
        return "FAIL"
    return "skip" if found == {"skip"} else "pass"


table = {}
for report in sorted(folder.glob(f"{suite}.*.{runtimes[-1]}")):
    program = report.name.split(".")[1]
    for runtime in runtimes:
        text = (folder / f"{suite}.{program}.{runtime}").read_text(errors="replace")
        tests = [(program, whole(text))] if suite == "validation" else [(f"{program}: {n}", o) for n, o in outcomes(text)]
        for name, outcome in tests:
            table.setdefault(name, {})[runtime] = outcome

print(f"\n{suite}  ({', '.join(runtimes)})")
for name, row in table.items():
    print("  " + " ".join(f"{row.get(runtime, 'none'):<5}" for runtime in runtimes) + " " + name)
for runtime in runtimes:
    marks = [row.get(runtime, "none") for row in table.values()]
    print(f"{runtime}: " + ", ".join(f"{marks.count(m)} {m}" for m in ("pass", "FAIL", "skip", "none") if m in marks))
behind = [n for n, row in table.items() if row.get(runtimes[-1]) not in ("pass", "skip") and "pass" in row.values()]
for name in behind:
    print(f"  passed by {', '.join(r for r in runtimes if table[name].get(r) == 'pass')} alone: {name}")
sys.exit(1 if behind else 0)
