#!/usr/bin/env python3
"""make_day.py [--day YYYY-MM-DD] FOLDER: writes the day of courses.txt as HL7 messages and lines of consents.

It formats what stands there, and knows nothing of what follows from it. README.md says what it writes."""

import argparse
import dataclasses
import datetime
import json
import pathlib
import re
import zoneinfo

COPENHAGEN = zoneinfo.ZoneInfo("Europe/Copenhagen")
EXAMPLE_DAY = datetime.date(2027, 1, 20)
OF_PERSONS = {"A28", "A31", "A40"}  # messages without a stay
IN_TRANSIT = datetime.timedelta(seconds=20)  # until the message of what was recorded is made


@dataclasses.dataclass
class Arrival:
    at: datetime.datetime
    order: int
    kind: str  # "hl7" or "consent"
    bytes: bytes


def years_before(day, years):
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # born on a 29 February
        return datetime.date(day.year - years, 3, 1)


def birth_day(text, day):
    relative = re.fullmatch(r"(\d+)y(?:\+(\d+))?", text)
    if not relative:
        return datetime.date.fromisoformat(text)
    return years_before(day, int(relative[1])) + datetime.timedelta(days=int(relative[2] or 0))


def read_courses(text):
    """The lines of each patient: the five fields of the first, and the events of those behind it."""
    courses = []
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith(" "):
            courses[-1][1].extend(event.strip() for event in line.split(";"))
        else:
            courses.append(([field.strip() for field in line.split("|")], []))
    return courses


class Course:
    """One patient, as far as the events have said so far."""

    def __init__(self, fields, day):
        self.label, self.name, born, phone, self.system = fields
        self.day = day
        self.born = birth_day(born, day)
        self.phone = "" if phone == "-" else phone
        self.number = "H0" + self.label[1:].zfill(3)
        self.cpr = f"00{self.born:%m%y}-{int(self.label[1:]):04d}"  # nobody is born on day 00
        self.ward = self.stay = ""
        self.patient_class = "I"
        self.dead = self.disposition = ""
        self.messages = 0

    def when(self, days, clock):
        hours, minutes = clock.split(":")
        return datetime.datetime.combine(
            self.day + datetime.timedelta(days=days), datetime.time(int(hours), int(minutes)), COPENHAGEN)

    def take(self, words):
        """Takes what the words of an event say, and gives those that are of this event alone."""
        own = {}
        for word in words:
            key, _, value = word.partition("=")
            if key in ("late", "again", "anew", "out", "as", "from"):
                own[key] = value
            elif key == "name":
                self.name = value.replace("_", " ")
            elif key == "phone":
                self.phone = value
            elif key == "born":
                self.born = birth_day(value, self.day)
            elif key == "class":
                self.patient_class = value
            elif key == "stay":
                self.stay = value
            elif key == "to":
                self.disposition = value
            elif key in ("dead", "alive"):
                self.dead = "Y" if key == "dead" else "N"
            elif re.fullmatch(r"[A-Z]+\d*", word):
                self.ward = word
            else:
                raise ValueError(f"{self.label}: {word}")
        return own

    def message(self, code, recorded, made, own):
        """The bytes of one message, and with another id each time."""
        self.messages += 1
        utf8 = self.system == "A"
        stamp, made_stamp = (time.strftime("%Y%m%d%H%M%S") + (time.strftime("%z") if utf8 else "")
                             for time in (recorded, made))
        day = self.day + datetime.timedelta(days=int(own["out"])) if "out" in own else None
        occurred, discharged, expected = stamp, "", ""
        if code == "A03":
            discharged = f"{day:%Y%m%d}1100" if day else recorded.strftime("%Y%m%d%H%M")
            occurred = discharged if day else stamp
        elif code == "A16":
            expected = f"{day:%Y%m%d}"
        elif day:
            discharged = f"{day:%Y%m%d}1100"
        number = own.get("as", self.number)
        names = self.name.split()
        segments = [
            segment("MSH", {2: "^~\\&", 3: f"PAS-{self.system}", 4: "HOSP", 5: "ENVEJ", 6: "REGION", 7: made_stamp,
                            9: f"ADT^{code}", 10: f"{self.label}-{self.messages}", 11: "P",
                            12: "2.5" if utf8 else "2.3", 18: "UNICODE UTF-8" if utf8 else "8859/1"}, first=2),
            segment("EVN", {1: code, 2: stamp, 6: occurred}),
            segment("PID", {1: "1", 3: f"{number}^^^HOSP^PI~{self.cpr}^^^CPR^NNDN",
                            5: f"{names[-1]}^{' '.join(names[:-1])}", 7: f"{self.born:%Y%m%d}",
                            13: f"{self.phone}^PRN^CP" if self.phone else "", 30: self.dead}),
        ]
        if code == "A40":
            segments.append(segment("MRG", {1: f"{own['from']}^^^HOSP^PI"}))
        if code not in OF_PERSONS:
            service = "PSY" if self.ward in ("P1", "P2", "AMB", "B2") else "SOM"
            segments.append(segment("PV1", {1: "1", 2: self.patient_class, 3: f"{self.ward}^^^HOSP", 10: service,
                                            19: f"S{self.label[1:]}-{self.stay or '1'}", 36: self.disposition,
                                            45: discharged}))
        if expected:
            segments.append(segment("PV2", {9: expected}))
        segments.append("ZKL|1|of no concern to anybody")
        return "".join(text + "\r" for text in segments).encode("utf-8" if utf8 else "iso-8859-1")

    def consent(self, words, at):
        """The bytes of a line that says what the citizen answered."""
        said = dict(word.partition("=")[::2] for word in words)
        self.messages += 1
        line = {"id": f"{self.label}-{self.messages}",
                "patient": {"authority": "HOSP", "value": said.get("as", self.number)}}
        if "withdraw" in said:
            line["withdrawn"] = True
            return json.dumps(line, ensure_ascii=False).encode() + b"\n"
        part = {"given_on": f"{at:%Y-%m-%d}", "form": "CONSENT_FORM_WRITTEN"}
        refused = said.get("no", "")
        line["municipality_code"] = next(word for word in words if re.fullmatch(r"\d{4}", word))
        line["consent"] = {name: part for name in ("contact", "disclosure") if refused not in (name, "both")}
        line["criteria"] = {"aged_18_or_over": True, "mental_illness": True, "discharged_from_regional_psychiatry": True,
                            "no_support_under_serviceloven": "unmet" not in said}
        if "phone" in said:
            line["contact"] = {"phone_numbers": [said["phone"]]}
        return json.dumps(line, ensure_ascii=False).encode() + b"\n"

    def arrivals(self, event):
        words = event.split()
        days = int(words.pop(0)) if ":" not in words[0] else 0
        clock, code = words[0], words[1]
        recorded = self.when(days, clock)
        if code in ("consent", "withdraw"):
            return [("consent", recorded, self.consent(words[1:], recorded))]
        own = self.take(words[2:])
        at = self.when(0, own["late"]) if "late" in own else recorded
        text = self.message(code, recorded, max(recorded + IN_TRANSIT, at), own)
        again = [self.when(0, clock) for clock in own["again"].split(",")] if "again" in own else []
        anew = [self.when(0, clock) for clock in own["anew"].split(",")] if "anew" in own else []
        return ([("hl7", time, text) for time in [at, *again]] +
                [("hl7", time, self.message(code, recorded, time, own)) for time in anew])


def segment(name, fields, first=1):
    texts = [fields.get(number, "") for number in range(first, max(fields) + 1)]
    return "|".join([name, *texts])


def make_day(courses, day):
    """Everything that arrives, in order."""
    arrivals = []
    for fields, events in courses:
        course = Course(fields, day)
        for event in events:
            for kind, at, text in course.arrivals(event):
                arrivals.append(Arrival(at, len(arrivals), kind, text))
    return sorted(arrivals, key=lambda arrival: (arrival.at, arrival.order))


def write_day(arrivals, folder):
    folder.mkdir(parents=True, exist_ok=True)
    files = {"hl7": b"", "consent": b""}
    counts = {"hl7": 0, "consent": 0}
    order = []
    for arrival in arrivals:
        files[arrival.kind] += arrival.bytes
        counts[arrival.kind] += 1
        order.append(f"{arrival.at:%Y-%m-%dT%H:%M} {arrival.kind} {counts[arrival.kind]}\n")
    (folder / "messages.hl7").write_bytes(files["hl7"])
    (folder / "consents.jsonl").write_bytes(files["consent"])
    (folder / "arrivals.txt").write_text("".join(order))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--day", type=datetime.date.fromisoformat, default=EXAMPLE_DAY)
    parser.add_argument("folder", type=pathlib.Path)
    arguments = parser.parse_args()
    courses = read_courses((pathlib.Path(__file__).parent / "courses.txt").read_text())
    write_day(make_day(courses, arguments.day), arguments.folder)


if __name__ == "__main__":
    main()
