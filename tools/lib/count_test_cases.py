#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The ktstr Authors.
"""Counts the test cases of one `bazel test` from its build event file.

Every test target that was asked for is accounted for: one that was not built,
crashed, timed out or ran no test case counts as a failed case of its own.
Failed and skipped cases are listed. Exit status 1: something failed.
"""

import json
import sys
import urllib.parse
import xml.etree.ElementTree as ElementTree


class Target:
    """One test target: the XML logs of its runs, and Bazel's verdict."""

    def __init__(self):
        self.logs = []
        self.status = "NOT BUILT"


def read_targets(path):
    """Returns label -> Target of all that was asked for, and Bazel's end."""
    targets = {}
    end = "NO_END"
    with open(path, encoding="utf-8") as file:
        events = [json.loads(line) for line in file]
    for event in events:
        (kind, key), = event["id"].items()
        if kind == "targetConfigured":
            if "testSize" in event.get("configured", {}):
                targets.setdefault(key["label"], Target())
        elif kind == "testResult":
            target = targets.setdefault(key["label"], Target())
            for output in event["testResult"].get("testActionOutput", []):
                if output["name"] == "test.xml":
                    uri = urllib.parse.urlparse(output["uri"])
                    target.logs.append(urllib.parse.unquote(uri.path))
        elif kind == "testSummary":
            target = targets.setdefault(key["label"], Target())
            target.status = event["testSummary"]["overallStatus"]
        elif kind == "buildFinished":
            end = event["finished"]["exitCode"]["name"]
    return targets, end


def reason(element):
    """Returns the telling lines of a failure or skip."""
    text = element.get("message") or element.text or ""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    # GoogleTest puts `file:line` before the text.
    return " ".join(lines[1:4] or lines[:1])


def read_cases(log):
    """Yields (name, outcome, reason) of every test case in an XML log."""
    for case in ElementTree.parse(log).iter("testcase"):
        name = case.get("name")
        if case.get("classname"):
            name = case.get("classname") + "." + name
        failures = case.findall("failure") + case.findall("error")
        skips = case.findall("skipped")
        if failures:
            yield name, "failed", reason(failures[0])
        elif skips:
            yield name, "skipped", reason(skips[0])
        elif case.get("status") == "notrun":
            yield name, "skipped", "disabled"
        else:
            yield name, "passed", ""


def cases_of(target):
    """Returns the cases of a target, with one for a failure of the whole."""
    cases = []
    unread = ""
    for log in target.logs:
        try:
            cases += read_cases(log)
        except (OSError, ElementTree.ParseError) as error:
            unread = f", {log}: {error}"
    failed = any(outcome == "failed" for _, outcome, _ in cases)
    whole_is_bad = target.status not in ("PASSED", "FLAKY") or unread
    if whole_is_bad and not failed:
        cases.append(("whole test", "failed", target.status + unread))
    elif not cases:
        cases.append(("whole test", "failed", "no test case in it"))
    return cases


def main():
    targets, end = read_targets(sys.argv[1])
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for label, target in sorted(targets.items()):
        for name, outcome, why in cases_of(target):
            counts[outcome] += 1
            if outcome != "passed":
                print(f"{outcome.upper()} {label} {name}: {why}")
    if end != "SUCCESS" and not counts["failed"]:
        counts["failed"] = 1
        print(f"FAILED bazel: {end}")
    print(", ".join(f"{count} {name}" for name, count in counts.items()))
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
