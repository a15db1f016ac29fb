#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints the rules of Sources/Quantities/LocalZone+Rules.swift from the time zone database of this machine."""

import datetime
import pathlib
import re
import zoneinfo

root = pathlib.Path("/usr/share/zoneinfo")
utc = datetime.timezone.utc


def seconds(text):
    sign, hours, minutes = re.fullmatch(r"([+-]?)(\d+)(?::(\d+))?", text).groups()
    return (-1 if sign == "-" else 1) * (int(hours) * 3600 + int(minutes or 0) * 60)


def change(text):
    date, _, time = text.partition("/")
    month, week, weekday = map(int, date[1:].split("."))
    return month, week, weekday, seconds(time) if time else 7200


def parse(footer):
    name = r"(?:<[^>]+>|[A-Za-z]+)"
    found = re.fullmatch(rf"{name}([-+0-9:]+)(?:{name}([-+0-9:]*),(.*),(.*))?", footer)
    standard = -seconds(found[1])
    if not found[3]:
        return standard, None, None
    summer = -seconds(found[2]) if found[2] else standard + 3600
    return standard, summer, (change(found[3]), change(found[4]))


def moment(year, rule, before):
    month, week, weekday, time = rule
    day = datetime.date(year, month, 1)
    day += datetime.timedelta((weekday - (day.weekday() + 1) % 7) % 7 + 7 * (week - 1))
    if day.month != month:
        day -= datetime.timedelta(7)
    return (day - datetime.date(1970, 1, 1)).days * 86400 + time - before


def offset(rules, time):
    standard, summer, changes = rules
    if changes is None:
        return standard
    year = datetime.datetime.fromtimestamp(time + standard, utc).year
    begins, ends = moment(year, changes[0], standard), moment(year, changes[1], summer)
    inside = begins <= time < ends if begins < ends else not ends <= time < begins
    return summer if inside else standard


def first_year(name, rules):
    zone = zoneinfo.ZoneInfo(name)
    for year in range(2040, 1999, -1):
        begin, end = (int(datetime.datetime(y, 1, 1, tzinfo=utc).timestamp()) for y in (year, year + 1))
        for time in range(begin, end, 3 * 3600):
            local = datetime.datetime.fromtimestamp(time, utc).astimezone(zone)
            if local.utcoffset().total_seconds() != offset(rules, time):
                return year + 1
    return 2000


groups, known = {}, {}
for name in sorted(zoneinfo.available_timezones() - {"localtime", "Factory"}):
    data = (root / name).read_bytes()
    rules = parse(data.rsplit(b"\n", 2)[1].decode())
    if data not in known:
        known[data] = first_year(name, rules)
    if known[data] <= 2026:
        groups.setdefault((rules[0], known[data], rules), []).append(name)


def text(standard, since, rules):
    words = [str(since), str(standard // 60)]
    if rules[2]:
        words.append(str(rules[1] // 60))
        words += [f"{month}.{week}.{day}@{time // 60}" for month, week, day, time in rules[2]]
    return " ".join(words)


records = [(key[0], text(*key), names) for key, names in groups.items()]
for standard, rule, names in sorted(records):
    line = ""
    for word in f"{rule}: {' '.join(names)};".split(" "):
        if len(line) + 1 + len(word) > 94:
            print(f"    {line} \\")
            line = ""
        line = f"{line} {word}".lstrip()
    print(f"    {line}")
