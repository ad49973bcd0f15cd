"""The part that lets an analyst check the report: settings, versions, split, files, commands."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from kgrec_core import __version__
from kgrec_core.config import SplitSettings
from kgrec_core.figures import format_count, format_when
from kgrec_core.pipeline.benchmark_report import BenchmarkReport
from kgrec_core.recommender.registry import settings_class
from kgrec_core.report.choices import PARTS, NewcomerChoice, ReportChoices
from kgrec_core.report.findings import Findings
from kgrec_core.report.layout import code, device_words, note, paragraph, section, table, tiny
from kgrec_core.report.markup import Child, Markup, tag
from kgrec_core.report.people import Person
from kgrec_core.report.waterfall import RESIDUAL_LIMIT
from kgrec_core.words import counted, joined, split_name

__all__ = ["commands", "largest_residual", "part_check"]


NEW_WORKSPACE = "kgrec-check"
"""A folder of its own, so that nothing of before is in the way."""


def part_check(
    findings: Findings, people: Sequence[Person], choices: ReportChoices, number: int
) -> Markup:
    """Everything that is needed to get the same numbers again."""
    return section(
        "check",
        number,
        "How to check this report",
        _exactness(people),
        tag("h3", "The run"),
        _run(findings),
        tag("h3", "The same numbers again"),
        paragraph(
            "These commands, in a shell where kgrec is installed, give the same numbers from the "
            "same files: data, split and fit depend on nothing but the settings and seeds below. "
            "In the last digits other library versions or another processor may differ. Times, "
            "memory and the id of the run differ anyway."
        ),
        code(commands(findings, choices)),
        _remarks(findings),
        tag("h3", "Settings"),
        _settings(findings),
        _fitted(findings),
        tag("h3", "Stored results that were read"),
        _sources(findings),
        _left_out(choices),
    )


def largest_residual(people: Sequence[Person]) -> tuple[float, int]:
    """Largest residual of the shown pairs, and how many pairs there are; 0 without any."""
    found = [item.residual for person in people for item in person.items]
    return max(found, default=0.0), len(found)


def commands(findings: Findings, choices: ReportChoices) -> list[str]:
    """The command lines that lead from the files to this report."""
    record, settings = findings.record, findings.settings
    data = record.dataset_fingerprint
    train = ["kgrec", "train", data, "--model", settings.model, "--split", settings.split.name]
    train += ["--seed", str(settings.seed), "--text-model", settings.text_model]
    for name, value in settings.model_settings.items():
        train += ["--set", f"{name}={_setting(value)}"]
    found = [
        ["export", f"KGREC_WORKSPACE={NEW_WORKSPACE}"],
        ["kgrec", "import", "PATH", "--name", record.dataset_name],
        train,
    ]
    if findings.evaluation is not None:
        ks = ",".join(str(k) for k in findings.evaluation.ks)
        found.append(["kgrec", "evaluate", "active", "--k", ks])
    if findings.signal is not None:
        n = str(findings.signal.n_scrambles)
        found.append(["kgrec", "signal", data, "--scrambles", n])
    found += [_benchmark_command(data, report) for report in _reports(findings)]
    if findings.quality is not None:
        found.append(["kgrec", "explain-quality", "active"])
    found.append(_report_command(choices))
    return [shlex.join(words) for words in found]


def _exactness(people: Sequence[Person]) -> Markup:
    largest, n = largest_residual(people)
    if not n:
        return paragraph("No score is shown in this report.")
    word = "all" if n > 1 else "the"
    held = "holds" if largest < RESIDUAL_LIMIT else "is broken"
    return paragraph(
        tag("strong", "Exactness. "),
        f"For {word} {format_count(n)} shown pair{'s' if n > 1 else ''} of user and item, the "
        "starting value and the parts were "
        f"added up and compared with the score of the model. The largest residual is "
        f"{tiny(largest)}; the promise of at most {tiny(RESIDUAL_LIMIT)} {held}.",
    )


def _run(findings: Findings) -> Markup:
    record, split = findings.record, findings.split
    parts = (
        f"{format_count(split.train)} for training, {format_count(split.validation)} to choose "
        f"settings, {format_count(split.test)} for the test"
    )
    rows = [
        ["Run", record.run_id],
        ["Trained", format_when(record.created_at) + " UTC"],
        ["Fingerprint of the run", record.fingerprint],
        ["Data set", f"{record.dataset_name} ({record.dataset_fingerprint})"],
        ["Graph", record.graph_fingerprint],
        ["Split", f"{split_name(findings.settings.split.name)}: {parts}"],
        ["Seed", f"{findings.settings.seed} (split: {findings.settings.split.seed})"],
        ["Device", device_words(findings.device)],
        ["kgrec", __version__],
        ["Libraries", ", ".join(f"{name} {n}" for name, n in findings.libraries.items())],
    ]
    return table(["What", "Value"], rows, caption="Where the numbers come from", n_words=2)


def _settings(findings: Findings) -> Markup:
    settings = findings.settings
    split = settings.split
    rows = [
        ["model", settings.model],
        ["text model", settings.text_model],
        ["held out for the test", f"{split.test_fraction:g}"],
        ["held out to choose settings", f"{split.validation_fraction:g}"],
    ]
    for name, field in settings_class(settings.model).model_fields.items():
        given = settings.model_settings.get(name)
        value = field.get_default(call_default_factory=True) if given is None else given
        text = _setting(value)
        rows.append([name, text if given is None else f"{text} (given)"])
    return table(["Setting", "Value"], rows, caption="Defaults unless marked “given”", n_words=2)


def _fitted(findings: Findings) -> Child:
    """What the fit chose, nested values one by one."""
    rows = []
    for name, value in findings.fitted.items():
        parts = value if isinstance(value, dict) else {"": value}
        rows += [[f"{name} {part}".strip(), _chosen(found)] for part, found in parts.items()]
    if not rows:
        return None
    return table(
        ["Parameter", "Value"], rows, caption="What the fit chose on the validation part", n_words=2
    )


def _chosen(value: Any) -> str:
    """A chosen value with the digits that a reader can use: "weight 0.1047, half 1"."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {_chosen(part)}" for name, part in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_chosen(part) for part in value)
    if isinstance(value, float):
        return f"{value:.4g}"
    return "none" if value is None else _setting(value)


def _sources(findings: Findings) -> Markup:
    rows = [[source.name, source.digest] for source in findings.sources]
    return table(
        ["File in the workspace", "SHA-256 (first digits)"],
        rows,
        caption="Every number of the summary and of the tables comes from one of these files, or "
        "from the data set and the model themselves",
        n_words=2,
    )


def _left_out(choices: ReportChoices) -> Child:
    gone = [title for part, title in PARTS.items() if part not in choices.parts]
    if not gone:
        return None
    return note(f"Left out on request: {joined(gone, limit=9)}.")


def _remarks(findings: Findings) -> list[Child]:
    found = [
        "PATH stands for the files that were imported. If columns were assigned by hand, give the "
        "import the same mapping file; it must print the fingerprint "
        f"{findings.record.dataset_fingerprint}. In the new workspace “active” is the run that was "
        "just trained."
    ]
    said = findings.settings.feedback
    if not said.is_empty:
        n = len(said.likes) + len(said.dislikes) + len(said.blocked)
        found.append(
            f"This run also counts {counted(n, 'remark')} of people in the app (likes, dislikes, "
            "blocked links). They are kept in the workspace of the run, so only there “kgrec train "
            "… --feedback” gives the same numbers."
        )
    default = SplitSettings(name=findings.settings.split.name, seed=findings.settings.seed)
    if findings.settings.split != default:
        found.append(
            "The split of this run has fractions or a seed of its own, which the command line "
            "cannot set; train it on the Train page of the app, with the settings below."
        )
    if findings.baselines:
        found.append("The simple models beside the run are measured on the page Evaluate.")
    if findings.settings.model_settings and _reports(findings):
        found.append(
            "The benchmarks measured the model with the settings of this run; the command line "
            "cannot give them, the page Evaluate of the app takes them over."
        )
    if findings.long_tail is not None:
        found.append(
            "The trade-off of rare items is measured in the app: page Evaluate, section “Long "
            "tail”."
        )
    return [note(" ".join(found))]


def _reports(findings: Findings) -> list[BenchmarkReport]:
    """The benchmarks in use, each once; in the order of their making, since the latest is shown."""
    marks = findings.benchmarks
    found: list[BenchmarkReport] = []
    for report in (marks.accuracy, marks.ablation, marks.few_shot, marks.cold_items):
        if report is not None and all(report is not other for other in found):
            found.append(report)
    return sorted(found, key=lambda report: str(report.head.get("created", "")))


def _benchmark_command(data: str, report: BenchmarkReport) -> list[str]:
    asked: Mapping[str, Any] = report.settings
    words = ["kgrec", "benchmark", data, "--models", ",".join(asked["models"])]
    words += ["--split", asked["split"]["name"], "--seeds", str(len(asked["seeds"]))]
    if asked["seeds"][0]:
        words += ["--first-seed", str(asked["seeds"][0])]
    words += ["--protocol", ",".join(asked["protocols"])]
    words += ["--k", ",".join(str(k) for k in asked["ks"]), "--reference", asked["reference"]]
    if asked["ablation"]:
        words.append("--ablation")
    return [*words, "--text-model", asked["text_model"]]


def _report_command(choices: ReportChoices) -> list[str]:
    words = ["kgrec", "report", "active", "--out", "report.html"]
    for user in choices.users:
        words += ["--user", user]
    default = ReportChoices()
    if choices.k != default.k:
        words += ["-k", str(choices.k)]
    if choices.n_drawn != default.n_drawn:
        words += ["--drawn", str(choices.n_drawn)]
    if choices.parts != default.parts:
        words += ["--parts", ",".join(choices.parts)]
    return words + _newcomer_words(choices.newcomer)


def _newcomer_words(said: NewcomerChoice | None) -> list[str]:
    if said is None:
        return []
    found = []
    for option, values in (
        ("--like", said.likes),
        ("--dislike", said.dislikes),
        ("--entity", said.entities),
        ("--tag", said.tags),
        ("--text", said.texts),
        ("--friend", said.friends),
        ("--attribute", said.attributes),
    ):
        for value in values:
            found += [option, value]
    return found


def _setting(value: Any) -> str:
    if isinstance(value, bool) or value is None or not isinstance(value, str | int | float):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)
