"""Evaluate: how good the run is, next to simple models, for whom, and next to other runs."""

from kgrec_ui import frame, guards
from kgrec_ui.parts import evaluation

frame.page(
    "Evaluate",
    "See how often the lists hold what users really chose, and whether a simpler model would do.",
    icon=":material/monitoring:",
)
run = guards.require_run("This page measures a trained model on what was held out.")

own = evaluation.headline(run)
results = evaluation.all_results(run, own)
metric, k = evaluation.choose_metric(own)
evaluation.models(results, run, metric, k)
evaluation.slices(results, run, metric, k)
evaluation.compare_runs(run, metric, k)
