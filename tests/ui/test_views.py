from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgrec_core.config import MODEL_NAMES, SplitSettings, TrainSettings
from kgrec_core.data.interactions import NO_TIME
from kgrec_core.data.mapping import LinkColumn, TableMapping
from kgrec_core.data.report import Problem
from kgrec_core.errors import ConfigError, DataError
from kgrec_core.graph.statistics import graph_statistics
from kgrec_core.pipeline.tuning_result import Trial, TuningResult
from kgrec_core.recommender.contract import UserEvidence
from kgrec_core.recommender.registry import create_recommender, settings_class
from kgrec_core.recommender.search_space import Choice, FloatRange
from kgrec_core.rng import make_rng
from kgrec_core.storage.records import (
    DatasetRecord,
    GraphRecord,
    JobRecord,
    MetricPoint,
    RunRecord,
)
from kgrec_ui.uploads import discard_upload, save_uploads
from kgrec_ui.views.cost_view import cost_view
from kgrec_ui.views.graph_view import best_linked, entity_option, graph_view, graphml, triples_csv
from kgrec_ui.views.job_view import job_view
from kgrec_ui.views.journey_view import StepState, journey
from kgrec_ui.views.labels import MODEL_HELP, SPLIT_HELP, metric_name, model_name, split_name
from kgrec_ui.views.mapping_view import (
    TableChoice,
    build_mapping,
    default_column,
    links_frame,
    links_of,
    preview_of,
    previews_of,
)
from kgrec_ui.views.model_choice import (
    MODEL_GROUPS,
    available_parts,
    model_caption,
    preset_label,
    readability,
)
from kgrec_ui.views.problems_view import problems_view
from kgrec_ui.views.profile_view import profile_view
from kgrec_ui.views.search_view import find_matches, option_label
from kgrec_ui.views.train_view import (
    possible_splits,
    runs_table,
    setting_fields,
)
from kgrec_ui.views.tuning_view import range_words, tuning_view
from tests.recommender.problems import random_problem
from tests.store_samples import small_dataset
from tests.ui.film_world import BLADE, DRAMA, INSIDER, MANN, film_graph

DATASET = DatasetRecord("f" * 16, "Films", 0.0, {"users": 3, "items": 4, "interactions": 5}, 0)
GRAPH = GraphRecord("a" * 16, "f" * 16, "Films", 0.0, {"entities": 7, "triples": 7})


def run_record(**changes) -> RunRecord:
    values = {
        "run_id": "fusion-1",
        "fingerprint": "r",
        "dataset_fingerprint": "f" * 16,
        "dataset_name": "Films",
        "graph_fingerprint": "a" * 16,
        "model": "fusion",
        "settings": TrainSettings().model_dump(mode="json"),
        "seconds": {"fit": 10.0, "text": 2.0},
        "peak_memory_mb": 800.0,
        "metrics": {"ndcg@20": 0.25, "recall@20": 0.5},
        "validation_metrics": {},
        "created_at": 0.0,
    }
    return RunRecord(**{**values, **changes})


def job_record(**changes) -> JobRecord:
    values = {
        "job_id": "train-1",
        "kind": "train",
        "payload": {},
        "state": "running",
        "stage": "Encoding texts",
        "done": 25,
        "total": 100,
        "eta_seconds": 12.0,
        "error": "",
        "result": {},
        "created_at": 0.0,
        "started_at": 100.0,
        "finished_at": None,
    }
    return JobRecord(**{**values, **changes})


# journey


def test_the_journey_begins_with_data_and_all_else_waits() -> None:
    states = [step.state for step in journey(None, None, None)]
    assert states == [StepState.NEXT] + [StepState.WAITING] * 6


def test_only_one_step_is_the_next_one() -> None:
    for known in ((None, None, None), (DATASET, None, None), (DATASET, GRAPH, None)):
        states = [step.state for step in journey(*known)]
        assert states.count(StepState.NEXT) == 1


def test_a_run_opens_all_steps() -> None:
    steps = journey(DATASET, GRAPH, run_record())
    assert StepState.WAITING not in [step.state for step in steps]
    assert steps[5].fact == "NDCG@20 on the test part: 0.250."


def test_a_run_without_a_test_part_says_that_nothing_was_measured() -> None:
    steps = journey(DATASET, GRAPH, run_record(metrics={}))
    assert steps[5].fact == "Nothing was held out in this run."


def test_the_data_step_tells_its_counts() -> None:
    assert journey(DATASET, None, None)[0].fact == "Films: 4 items, 5 interactions."


# labels


def test_every_model_and_split_has_words() -> None:
    for model in MODEL_NAMES:
        assert model_name(model) != model
        assert MODEL_HELP[model]
    for split in SplitSettings.model_fields["name"].annotation.__args__:
        assert split_name(split) != split
        assert SPLIT_HELP[split]


def test_metrics_keep_their_cutoff() -> None:
    assert metric_name("ndcg@20") == "NDCG@20"
    assert metric_name("validation ndcg") == "NDCG on the validation part"
    assert metric_name("loss") == "loss"


# search


def test_a_label_equal_to_the_id_is_written_once() -> None:
    assert option_label("u1", "u1") == "u1"
    assert option_label("u1", "Anna") == "Anna · u1"


def test_matches_come_in_the_order_equal_start_inside_near() -> None:
    labels = ["Manna", "Hanna", "Anna", "Annabel"]
    assert find_matches("anna", ["1", "2", "3", "4"], labels)[:2] == [2, 3]
    assert set(find_matches("anna", ["1", "2", "3", "4"], labels)) == {0, 1, 2, 3}


def test_an_id_is_found_as_well() -> None:
    assert find_matches("u2", ["u1", "u2"], ["Anna", "Bo"])[0] == 1


def test_a_typing_error_is_forgiven() -> None:
    assert find_matches("speilberg", ["1", "2"], ["Spielberg", "Coppola"]) == [0]


@given(st.text(max_size=12), st.lists(st.text(min_size=1, max_size=8), max_size=20))
def test_matches_are_few_distinct_and_in_range(text: str, labels: list[str]) -> None:
    ids = [str(i) for i in range(len(labels))]
    found = find_matches(text, ids, labels, limit=5)
    assert len(found) == len(set(found)) <= 5
    assert all(0 <= position < len(labels) for position in found)


# profile


def test_the_profile_counts_users_by_doubling_classes() -> None:
    view = profile_view(small_dataset())  # u1 has two interactions, u2 and u3 one each
    assert dict(zip(view.per_user.labels, view.per_user.counts, strict=True)) == {
        "0": 0,
        "1": 2,
        "2–3": 1,
    }


def test_the_profile_names_cold_items() -> None:
    view = profile_view(small_dataset())  # item c was never chosen
    assert "1 has none (cold start)" in view.per_item.sentence


def test_the_long_tail_starts_at_nothing_and_ends_with_everything() -> None:
    curve = profile_view(small_dataset()).long_tail
    assert curve is not None
    assert (curve.y_percent[0], curve.y_percent[-1]) == (0.0, 100.0)
    assert list(curve.y_percent) == sorted(curve.y_percent)


def test_the_long_tail_sentence_is_the_share_of_the_top_fifth() -> None:
    # Four items, counts 2, 1, 1, 0: the top 20 % is 0.8 items, which hold 0.8 * 2 of 4.
    curve = profile_view(small_dataset()).long_tail
    assert curve is not None
    assert "hold 40 %" in curve.sentence


def test_shares_of_items_are_told_per_kind_of_knowledge() -> None:
    coverage = {name: share for name, share, _ in profile_view(small_dataset()).coverage}
    assert coverage["With text"] == 0.75
    assert coverage["With tags"] == 0.25
    assert coverage["With interactions"] == 0.75
    # a, b and d by the genre column, c by the uploaded linking
    assert coverage["With links"] == 1.0


def test_different_weights_are_charted() -> None:
    bars = profile_view(small_dataset(extra_weight=2.0)).weights
    assert bars is not None
    assert dict(zip(bars.labels, bars.counts, strict=True)) == {"1": 1, "2": 1, "3.5": 1, "5": 1}


def test_every_bar_chart_has_its_table_twin() -> None:
    bars = profile_view(small_dataset()).per_user
    assert list(bars.table()["Users"]) == list(bars.counts)


# problems


def test_no_problem_is_a_good_sentence_and_an_empty_table() -> None:
    view = problems_view([])
    assert view.sentence == "Every row of every file was read as it is."
    assert view.table.empty


def test_problems_are_summed_and_the_worst_comes_first() -> None:
    few = Problem("a.csv", 3, "rating", "no number: row left out", 2, "x", (3, 9))
    many = Problem("b.csv", 0, "", "not UTF-8: read as Latin-1", 40, "", ())
    view = problems_view([few, many])
    assert view.n_rows == 42
    assert view.sentence.startswith("42 rows in 2 files show 2 kinds of problems.")
    assert list(view.table["Rows"]) == [40, 2]
    assert list(view.table["First line"]) == ["whole file", "3"]


def test_the_report_as_file_names_the_first_lines() -> None:
    view = problems_view([Problem("a.csv", 3, "rating", "bad", 2, "x", (3, 9))])
    assert "3 9" in view.csv


# mapping


def test_a_preview_holds_the_first_rows_only(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n" + "".join(f"{i},{i}\n" for i in range(90_000)), "utf-8")
    preview = preview_of(path)
    assert preview.header == ("a", "b")
    assert list(preview.rows["a"]) == ["0", "1", "2", "3", "4"]


def test_a_preview_of_a_packed_table_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress(b"a;b\n1;2\n"))
    assert preview_of(path).header == ("a", "b")


def test_a_preview_of_parquet_shows_text(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pl.DataFrame({"a": [1, None], "b": ["x", "y"]}).write_parquet(path)
    assert preview_of(path).rows.to_numpy().tolist() == [["1", "x"], ["", "y"]]


def test_a_file_that_is_no_table_tells_why(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"%PDF-1.7 ...")
    assert "PDF" in preview_of(path).fault


def test_a_folder_without_tables_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no table"):
        previews_of(tmp_path)


def test_a_guessed_column_is_offered_first() -> None:
    guess = TableMapping(file="t", role="interactions", columns={"user": "who", "item": "what"})
    assert default_column("user", ("user", "who", "what"), guess) == "who"


def test_a_column_that_bears_the_name_of_the_part_is_offered() -> None:
    assert default_column("user", ("x", "User ID"), None) == "User ID"
    assert default_column("weight", ("x", "y"), None) is None


def test_links_survive_the_table_and_back() -> None:
    links = (
        LinkColumn(column="cast", relation="starring", entity_type="person", separator="|"),
        LinkColumn(column="year", relation="from_decade", entity_type="decade", bin=10),
    )
    assert links_of(links_frame(links)) == links


def test_a_new_row_with_only_a_column_gets_names_of_its_own() -> None:
    frame = pd.concat([links_frame(()), pd.DataFrame([{"Column": "Main Genre"}])])
    assert links_of(frame) == (
        LinkColumn(column="Main Genre", relation="has_main_genre", entity_type="main_genre"),
    )


def test_a_bin_width_of_zero_is_refused() -> None:
    frame = links_frame((LinkColumn(column="year", relation="r", entity_type="t", bin=10),)).assign(
        **{"Bin width": 0.0}
    )
    with pytest.raises(ConfigError, match="bin"):
        links_of(frame)


def test_a_mapping_needs_interactions() -> None:
    with pytest.raises(DataError, match="No file is marked as interactions"):
        build_mapping("x", [TableChoice("a.csv", "items", {"item": "id"})])


def test_a_mapping_names_the_columns_that_are_missing() -> None:
    with pytest.raises(DataError, match=r"a\.csv: choose a column for Item id"):
        build_mapping("x", [TableChoice("a.csv", "interactions", {"user": "u", "item": None})])


def test_a_mapping_leaves_out_what_was_not_chosen() -> None:
    choices = [
        TableChoice("a.csv", "interactions", {"user": "u", "item": "i", "time": None}),
        TableChoice("b.csv", None),
    ]
    mapping = build_mapping("x", choices)
    assert [table.file for table in mapping.tables] == ["a.csv"]
    assert mapping.tables[0].columns == {"user": "u", "item": "i"}


# graph


def test_the_graph_view_counts_what_is_there() -> None:
    graph = film_graph()
    view = graph_view(graph, graph_statistics(graph))
    assert dict((name, value) for name, value, _ in view.headline) == {
        "Entities": "7",
        "Links (triples)": "7",
        "Relations": "3",
        "Items with links": "100 %",
    }
    assert dict(zip(view.relations["Relation"], view.relations["Links"], strict=True)) == {
        "directed by": 4,
        "in genre": 2,
        "known for": 1,
    }


def test_degrees_count_entities_with_at_least_so_many_links() -> None:
    graph = film_graph()
    # Heat 2, The Insider 3, Alien 1, Blade Runner 1, Mann 3, Scott 2, Drama 2
    degrees = graph_view(graph, graph_statistics(graph)).degrees
    assert degrees == ((1, 7), (2, 5), (3, 2))


def test_the_best_linked_of_a_type_come_first() -> None:
    assert best_linked(film_graph(), None, 2) == [INSIDER, MANN]
    assert best_linked(film_graph(), "genre", 5) == [DRAMA]


def test_an_entity_option_tells_type_and_links() -> None:
    assert entity_option(film_graph(), MANN) == "Michael Mann · person · 3 links"
    assert entity_option(film_graph(), BLADE) == "Blade Runner · item · 1 link"


def test_the_csv_has_one_line_per_triple_with_its_source() -> None:
    lines = triples_csv(film_graph()).splitlines()
    assert len(lines) == 1 + 7
    assert lines[1].startswith("item:f1,Heat,item,directed_by,person:mann,Michael Mann,person")
    assert "films.csv,2,director" in lines[1]


def test_graphml_can_be_read_back() -> None:
    import networkx as nx

    read = nx.parse_graphml(graphml(film_graph()), force_multigraph=True)
    assert read.number_of_nodes() == 7
    assert read.number_of_edges() == 7
    assert read.nodes["item:f1"]["label"] == "Heat"


# train


def test_the_settings_of_every_model_become_controls_with_help() -> None:
    for model in MODEL_NAMES:
        for field in setting_fields(settings_class(model)):
            assert field.help, (model, field.name)
            assert field.kind in ("switch", "whole", "number", "choice", "text")


def test_limits_of_a_setting_come_from_its_rules() -> None:
    fields = {field.name: field for field in setting_fields(settings_class("fusion"))}
    rounds = fields["n_rounds"]
    assert (rounds.kind, rounds.low, rounds.high, rounds.default) == ("whole", 0.0, 5.0, 2)


def test_splits_by_time_are_offered_only_with_times() -> None:
    without = possible_splits(small_dataset())  # one time is unknown
    assert "temporal" not in without
    assert "random" in without


def test_a_split_that_came_with_the_data_is_offered_first() -> None:
    assert possible_splits(small_dataset())[0] == "given"


def test_the_cost_counts_texts_and_words() -> None:
    view = cost_view(small_dataset(), model="fusion", uses_text=True, runs=[])
    assert view.lines[0][:2] == ("Texts to read", "3")
    assert not view.is_measured


def test_an_earlier_run_of_the_model_gives_the_time() -> None:
    view = cost_view(small_dataset(), model="fusion", uses_text=False, runs=[run_record()])
    assert view.is_measured
    assert ("Time", "about 12 s", "as long as the last such run") in view.lines


def test_runs_are_listed_with_accuracy_and_what_they_use() -> None:
    switched_off = TrainSettings(model_settings={"use_graph": False}, text_model="none")
    records = [
        run_record(),
        run_record(run_id="b", settings=switched_off.model_dump(mode="json"), metrics={}),
    ]
    table = runs_table(records, in_use="b", timezone=None)
    assert list(table["In use"]) == ["", "✓"]
    assert list(table["Uses"]) == ["behavior + graph + text", "behavior"]
    assert list(table["Preset"]) == ["Accurate", "Accurate"]
    assert list(table["NDCG@20"]) == ["0.250", "–"]


def test_friends_and_attributes_are_listed_where_the_data_has_them() -> None:
    parts = ("use_collaborative", "use_social", "use_attributes")
    table = runs_table([run_record()], in_use=None, timezone=None, parts=parts)
    assert list(table["Uses"]) == ["behavior + friends + attributes"]


def test_a_run_of_another_preset_does_not_tell_the_time() -> None:
    options = {"model": "fusion", "uses_text": False, "runs": [run_record()]}
    assert cost_view(small_dataset(), **options, preset="Accurate").is_measured
    assert not cost_view(small_dataset(), **options, preset="Fast").is_measured


def test_the_time_of_a_model_that_learns_in_steps_is_not_guessed() -> None:
    view = cost_view(small_dataset(), model="kgat", uses_text=False, runs=[])
    assert ("Time", "not known yet") in [line[:2] for line in view.lines]


# choice of a model


def test_every_model_is_in_one_group() -> None:
    offered = [model for group in MODEL_GROUPS for model in group.models]
    assert sorted(offered) == sorted(MODEL_NAMES)


def test_a_model_says_whether_its_scores_can_be_read() -> None:
    data = random_problem(3, n_users=12, n_items=10)
    for model in ("ease", "rp3beta", "als", "popularity", "fusion", "bpr-mf"):
        quick = {"max_epochs": 1} if model == "bpr-mf" else {}
        fitted = create_recommender(model, quick)
        fitted.fit(data, rng=make_rng(0))
        told = fitted.explain(UserEvidence.of_user(data.known(), 1), 2)
        kinds = {term.evidence.kind for term in told.contributions}
        assert ("profile" in kinds) == (readability(model) == "whole"), model
        assert ("Scores can be read" in model_caption(model)) == ("profile" not in kinds)


def test_settings_are_told_by_the_preset_they_agree_with() -> None:
    assert preset_label("fusion", {}) == "Accurate"
    assert preset_label("fusion", {"use_vectors": False, "n_rounds": 0}) == "Fast"
    assert preset_label("fusion", {"cold_item_cost": 0.1, "text_neighbors": 7}) == (
        "Cold-start first"
    )
    assert preset_label("fusion", {"use_vectors": "false", "n_rounds": "0"}) == "Fast"
    assert preset_label("fusion", {"n_rounds": 1}) == "Own"
    assert preset_label("fusion", {"of_another_version": 1}) == "Own"
    assert preset_label("ease", {}) == ""


def test_only_parts_that_the_data_has_can_be_switched() -> None:
    assert available_parts(small_dataset()) == (
        "use_collaborative",
        "use_graph",
        "use_text",
        "use_social",
    )


# search of settings


def trial(number: int, value: float | None, **settings: float) -> Trial:
    return Trial(number, settings, value, 2.0, "done" if value is not None else "stopped")


def search(*trials: Trial, ended_by: str = "") -> TuningResult:
    return TuningResult("ease", {}, None, "ndcg@20", trials, 9.0, ended_by)


def test_a_search_shows_values_and_the_best_so_far() -> None:
    found = search(trial(0, 0.2), trial(1, 0.25, l2=400.0), trial(2, None, l2=1.0), trial(3, 0.1))
    view = tuning_view(found, n_trials=10)
    assert view.numbers == (1, 2, 4)
    assert view.values == (0.2, 0.25, 0.1)
    assert view.best_so_far == (0.2, 0.25, 0.25)
    assert view.best_number == 2
    assert view.best_settings == (("Smoothing (L2)", "400"),)
    assert view.sentence == (
        "4 of 10 trials. Best NDCG@20 on the validation part: 0.250, "
        "25.0 % above the default settings."
    )


def test_the_latest_trial_comes_first_in_the_table_and_the_best_is_marked() -> None:
    table = tuning_view(search(trial(0, 0.3), trial(1, None, l2=1.5)), n_trials=2).table
    assert list(table["Trial"]) == [2, 1]
    assert list(table["Best"]) == ["", "★"]
    assert list(table["Settings"]) == ["Smoothing (L2) 1.5", "default settings"]
    assert list(table["Note"]) == ["stopped by the clock", ""]


def test_the_best_trial_comes_first_when_the_search_is_over() -> None:
    found = search(trial(0, 0.2), trial(1, None), trial(2, 0.3, l2=2.0), ended_by="trials")
    assert list(tuning_view(found, n_trials=3).table["Trial"]) == [3, 1, 2]


def test_a_tie_goes_to_the_default_settings() -> None:
    view = tuning_view(search(trial(0, 0.3), trial(1, 0.3, l2=9.0)), n_trials=2)
    assert (view.best_number, view.best_settings) == (1, ())
    assert "with the default settings" in view.sentence


def test_a_search_without_any_value_says_so() -> None:
    view = tuning_view(search(trial(0, None), ended_by="time"), n_trials=5)
    assert view.best_number is None
    assert view.sentence == "1 of 5 trials so far; none has a value yet. The time was used up."


def test_what_a_search_tries_is_told_in_words() -> None:
    space = {"l2": FloatRange(1.0, 1000.0), "loss": Choice(("bpr", "softmax"))}
    assert range_words(space) == ["Smoothing (L2): 1 to 1,000", "Loss: bpr, softmax"]


# jobs


def test_a_running_job_tells_stage_count_and_rest() -> None:
    view = job_view(job_record(), now=104.0)
    assert view.fraction == 0.25
    assert view.progress_text == (
        "Encoding texts · 25 of 100 · about 12 s left in this stage · 4 s so far"
    )


def test_a_search_is_measured_in_trials() -> None:
    points = (MetricPoint(1, "best validation ndcg@20", 0.2), MetricPoint(2, "best v", 0.3))
    payload = {"tuning": {"n_trials": 8}}
    view = job_view(job_record(kind="tune", payload=payload, metrics=points), now=104.0)
    assert view.fraction == 0.25
    assert view.progress_text == "Trial 3 of 8 · Encoding texts · 4 s so far"


def test_a_waiting_job_says_that_it_waits() -> None:
    assert job_view(job_record(state="queued"), now=0.0).progress_text == "Waiting for its turn"


@pytest.mark.parametrize(
    ("state", "severity", "words"),
    [
        ("done", "success", "It took 1 min"),
        ("cancelled", "warning", "cancelled"),
        ("lost", "error", "stopped without a word"),
        ("failed", "error", "The disk is full."),
    ],
)
def test_the_end_of_a_job_is_one_sentence(state: str, severity: str, words: str) -> None:
    job = job_record(state=state, finished_at=160.0, error="The disk is full.")
    view = job_view(job, now=200.0)
    assert view.severity == severity
    assert words in view.outcome


# uploads


class Upload:
    def __init__(self, name: str, content: bytes) -> None:
        self.name, self._rest = name, content

    def read(self, size: int = -1, /) -> bytes:
        size = len(self._rest) if size < 0 else size
        piece, self._rest = self._rest[:size], self._rest[size:]
        return piece


def test_uploads_arrive_byte_for_byte(tmp_path: Path) -> None:
    content = np.random.default_rng(0).bytes(2_500_001)
    folder = save_uploads([Upload("a.csv", content), Upload("b.csv", b"x")], tmp_path)
    assert (folder / "a.csv").read_bytes() == content
    assert (folder / "b.csv").read_bytes() == b"x"


def test_a_name_with_a_path_stays_inside(tmp_path: Path) -> None:
    folder = save_uploads([Upload("../../etc/evil.csv", b"x"), Upload("b.csv", b"y")], tmp_path)
    assert sorted(path.name for path in folder.iterdir()) == ["b.csv", "evil.csv"]


def test_two_uploads_of_one_name_are_refused_and_leave_nothing(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"Two of the files are called a\.csv"):
        save_uploads([Upload("x/a.csv", b"1"), Upload("y/a.csv", b"2")], tmp_path)
    assert list((tmp_path / "uploads").iterdir()) == []


def test_a_discarded_upload_is_gone_and_other_folders_stay(tmp_path: Path) -> None:
    folder = save_uploads([Upload("a.csv", b"x"), Upload("b.csv", b"x")], tmp_path)
    mine = tmp_path / "mine"
    mine.mkdir()
    discard_upload(folder, tmp_path)
    discard_upload(mine, tmp_path)
    assert not folder.exists()
    assert mine.exists()


def test_times_that_are_known_are_charted_although_others_are_not() -> None:
    dataset = small_dataset()
    assert (dataset.interactions.times == NO_TIME).sum() == 1
    assert profile_view(dataset).over_time is not None
