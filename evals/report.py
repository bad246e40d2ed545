"""Writes a run down: results.json for programs, report.html for people, junit.xml for CI; and reads it back."""

import json
from pathlib import Path
from xml.etree import ElementTree

from pydantic import TypeAdapter, ValidationError

from evals.page import page
from evals.results import CaseResult, Run, SuiteResult
from knowledge.errors import BadInput

RUNS: TypeAdapter[Run] = TypeAdapter(Run)


def write_report(run: Run, folder: Path) -> None:
    """Write the three files of a run into `folder`, which is made when it isn't there."""
    folder.mkdir(parents=True, exist_ok=True)
    plain = RUNS.dump_python(run, mode="json")
    (folder / "results.json").write_text(json.dumps(plain, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (folder / "report.html").write_text(page(run), encoding="utf-8")
    (folder / "junit.xml").write_bytes(junit(run))


def read_run(folder: Path) -> Run:
    """The run that was written into `folder`.

    Raises:
        BadInput: there is no `results.json`, or it is not a run's.
    """
    path = folder / "results.json"
    try:
        return RUNS.validate_json(path.read_bytes())
    except OSError as wrong:
        raise BadInput(f"{path}: no run was written there (`fairdesk eval run … --out {folder}`)") from wrong
    except ValidationError as wrong:
        first = wrong.errors(include_url=False, include_input=False)[0]
        raise BadInput(f"{path}: not a run: {'.'.join(map(str, first['loc']))}: {first['msg']}") from wrong


def junit(run: Run) -> bytes:
    """The run in JUnit's XML, one test case a case, its failures with their causes."""
    root = ElementTree.Element("testsuites", name="fairdesk", time=f"{run.seconds:.3f}")
    for suite in run.suites:
        root.append(_junit_suite(suite))
    ElementTree.indent(root)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _junit_suite(suite: SuiteResult) -> ElementTree.Element:
    failed = sum(not case.passed for case in suite.cases)
    element = ElementTree.Element(
        "testsuite", name=suite.name, tests=str(len(suite.cases)), failures=str(failed), time=f"{suite.seconds:.3f}"
    )
    for case in suite.cases:
        element.append(_junit_case(suite, case))
    return element


def _junit_case(suite: SuiteResult, case: CaseResult) -> ElementTree.Element:
    seconds = sum(trial.milliseconds for trial in case.trials) / 1000
    element = ElementTree.Element(
        "testcase", classname=f"{suite.kind}.{suite.name}", name=_plain(case.name), time=f"{seconds:.3f}"
    )
    if not case.passed:
        trial = case.worst
        first = _plain(trial.failures[0].message)
        told = ElementTree.SubElement(element, "failure", type=trial.cause or "", message=first)
        told.text = "\n".join(f"{one.cause}: {_plain(one.message)}" for one in trial.failures)
    return element


def _plain(text: str) -> str:
    """Text without the control characters that XML 1.0 cannot hold."""
    return "".join(char if char >= " " or char in "\t\n" else "�" for char in text)
