#!/usr/bin/env python3
"""check_form.py: whether courses.txt, ledger.txt and day/ belong together. It does not judge what the ledger says."""

import pathlib
import re
import sys
import tempfile

import make_day

HERE = pathlib.Path(__file__).parent
MESSAGES = 417
PATIENTS = 94
DAY = r"D(?:[+-]\d+)?"
HOLDS = rf"holds \d{{4}} / {DAY} / [^/;]+ / \+\d+(?:, \+\d+)*"
REASONS = "DECEASED|CONSENT_WITHDRAWN|READMITTED|SENT_IN_ERROR|NOT_IN_TARGET_GROUP"
LINE = re.compile(rf"P\d\d (?:none|{HOLDS})(?: ; withdrawn \d{{4}} (?:{REASONS}))*")


def problems():
    courses = make_day.read_courses((HERE / "courses.txt").read_text())
    labels = [fields[0] for fields, _ in courses]
    lines = [line for line in (HERE / "ledger.txt").read_text().splitlines()
             if line.strip() and not line.lstrip().startswith("#")]
    yield from (f"ledger.txt: not of its form: {line}" for line in lines if not LINE.fullmatch(line))
    if [line.split()[0] for line in lines] != labels:
        yield "ledger.txt has not one line for each patient of courses.txt, in order"
    if labels != [f"P{number:02}" for number in range(1, PATIENTS + 1)]:
        yield f"courses.txt has not {PATIENTS} patients, P01 to P{PATIENTS}"
    for day in (make_day.EXAMPLE_DAY, make_day.EXAMPLE_DAY.replace(month=7), make_day.datetime.date(2028, 2, 29)):
        arrivals = make_day.make_day(courses, day)
        messages = [arrival for arrival in arrivals if arrival.kind == "hl7"]
        if len(messages) != MESSAGES:
            yield f"courses.txt makes {len(messages)} messages, not {MESSAGES}"
    with tempfile.TemporaryDirectory() as folder:
        made = pathlib.Path(folder)
        make_day.write_day(make_day.make_day(courses, make_day.EXAMPLE_DAY), made)
        for file in made.iterdir():
            if file.read_bytes() != (HERE / "day" / file.name).read_bytes():
                yield f"day/{file.name} is not what make_day.py makes of courses.txt: ./make_day.py day"


def main():
    found = list(problems())
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
