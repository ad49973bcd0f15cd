"""Recommend and explain: the list of one user, and every score in it taken apart."""

from kgrec_ui import frame, guards
from kgrec_ui.parts import recommendation

frame.page(
    "Recommend and explain",
    "Choose a user, read the list, and take any score apart until nothing is left unexplained.",
    icon=":material/recommend:",
)
run = guards.require_run("This page asks a trained model for recommendations.")

user_id, k = recommendation.choose_user_and_k(run)
items = recommendation.profile_and_list(run, user_id, k)
recommendation.explain_one(run, user_id, items)
