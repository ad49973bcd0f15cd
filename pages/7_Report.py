"""Report: what was measured and found, in one file for people who do not open the app."""

from kgrec_ui import frame, guards
from kgrec_ui.parts import report

frame.page(
    "Report",
    "Put the results into one file that opens anywhere, with the reasons of users you choose.",
    icon=":material/description:",
)
run = guards.require_run("A report tells what a trained model does.")

is_busy = report.report_job()
with guards.reported_errors(stop=True):
    report.choose_and_write(run, is_busy=is_busy)
    report.last_report(run)
