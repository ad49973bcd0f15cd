"""What one visitor's session remembers: fingerprints, never tables or models."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, cast

import streamlit as st

if TYPE_CHECKING:
    from kgrec_ui.views.step_history import OpenScenario, StepHistory
    from kgrec_ui.views.tried_steps import TriedSteps

__all__ = ["AppState", "Param", "Widget", "get_state"]

STATE_KEY = "app_state"


class Param(StrEnum):
    """Names in the page address: choices that a link should carry."""

    DATA = "data"
    RUN = "run"
    USER = "user"
    ITEM = "item"
    ENTITY = "entity"
    K = "k"
    JOB = "job"
    DRAFT = "draft"
    PART = "part"
    AGAINST = "against"
    WITH_USER = "with_user"
    WITH_RUN = "with_run"

    NEWCOMER = "newcomer"
    SCENARIO = "scenario"
    PRESENT = "present"
    STEP = "step"
    KEEP = "keep"
    ORDER = "order"
    SEED = "seed"

    CENTER = "center"
    OPEN = "open"
    TO = "to"
    OVERLAY = "through"
    RELATIONS = "relations"
    PATH_HOPS = "path_steps"
    PATH_ORDER = "path_order"
    PATH_COUNT = "paths"
    FLOW_LINES = "links"
    MAP_SOURCE = "vectors"
    MAP_METHOD = "method"
    MAP_COLOR = "color"
    MAP_CAP = "points"


class Widget(StrEnum):
    """Keys of all widgets; no key is written as a plain string elsewhere."""

    USER = "user_choice"
    USER_SEARCH = "user_search"
    ITEM = "item_choice"
    ITEM_SEARCH = "item_search"
    K = "k_choice"
    CANCEL_JOB = "cancel_job"
    CLOSE_JOB = "close_job"

    REPORT_USERS = "report_users"
    REPORT_USERS_SEARCH = "report_users_search"
    REPORT_PARTS = "report_parts"
    REPORT_LENGTH = "report_length"
    REPORT_DRAWN = "report_drawn"
    REPORT_NEWCOMER = "report_newcomer"
    REPORT_PDF = "report_pdf"
    REPORT_START = "report_start"
    REPORT_DOWNLOAD = "report_download"
    REPORT_DOWNLOAD_PDF = "report_download_pdf"

    NEXT_STEP = "next_step"
    LOAD_SAMPLE = "load_sample"
    UPLOAD_FILES = "upload_files"
    UPLOAD_NAME = "upload_name"
    FOLDER_PATH = "folder_path"
    FOLDER_NAME = "folder_name"
    FOLDER_READ = "folder_read"
    MAPPING_ROLE = "mapping_role"
    MAPPING_COLUMN = "mapping_column"
    MAPPING_MIN_WEIGHT = "mapping_min_weight"
    MAPPING_LINKS = "mapping_links"
    IMPORT = "import_start"
    IMPORT_DISCARD = "import_discard"
    ACTIVATE_DATASET = "activate_dataset"
    DATASET_TABLE = "dataset_table"
    REMOVE_DATA = "remove_data"
    PROBLEMS_DOWNLOAD = "problems_download"

    GRAPH_BUILD = "graph_build"
    GRAPH_SEARCH = "graph_search"
    GRAPH_TYPE = "graph_type"
    GRAPH_ENTITY = "graph_entity"
    GRAPH_HOPS = "graph_hops"
    GRAPH_CAP = "graph_cap"
    GRAPH_EXPORT = "graph_export"
    GRAPH_PART = "graph_part"
    GRAPH_RELATIONS = "graph_relations"
    GRAPH_CANVAS = "graph_canvas"
    GRAPH_ACTION = "graph_action"
    GRAPH_ROWS = "graph_rows"
    GRAPH_OWN_LINKS = "graph_own_links"
    GRAPH_END = "graph_end"
    GRAPH_END_SEARCH = "graph_end_search"
    GRAPH_PATH_HOPS = "graph_path_hops"
    GRAPH_PATH_ORDER = "graph_path_order"
    GRAPH_PATH_COUNT = "graph_path_count"
    GRAPH_START = "graph_start"
    GRAPH_START_SEARCH = "graph_start_search"
    GRAPH_FLOW_LINES = "graph_flow_lines"
    GRAPH_MAP_SOURCE = "graph_map_source"
    GRAPH_MAP_METHOD = "graph_map_method"
    GRAPH_MAP_COLOR = "graph_map_color"
    GRAPH_MAP_CAP = "graph_map_cap"
    GRAPH_OVERLAY = "graph_overlay"
    GRAPH_OVERLAY_SEARCH = "graph_overlay_search"
    GRAPH_TABS = "graph_tabs"

    TRAIN_GROUP = "train_group"
    TRAIN_MODEL = "train_model"
    TRAIN_PRESET = "train_preset"
    TRAIN_TASK = "train_task"
    SEARCH_TRIALS = "search_trials"
    SEARCH_MINUTES = "search_minutes"
    SEARCH_START = "search_start"
    SEARCH_USE = "search_use"
    TRAIN_MODALITIES = "train_modalities"
    TRAIN_SPLIT = "train_split"
    TRAIN_TEST_SHARE = "train_test_share"
    TRAIN_VALIDATION_SHARE = "train_validation_share"
    TRAIN_SEED = "train_seed"
    TRAIN_TEXT_MODEL = "train_text_model"
    TRAIN_TEXT_PATH = "train_text_path"
    TRAIN_SETTING = "train_setting"
    TRAIN_START = "train_start"
    ACTIVATE_RUN = "activate_run"
    RUN_TABLE = "run_table"
    REMOVE_RUN = "remove_run"

    RECOMMEND_TABLE = "recommend_table"
    RECOMMEND_ITEM = "recommend_item"
    RECOMMEND_COMPARE = "recommend_compare"
    RECOMMEND_WHAT_IF = "recommend_what_if"
    RECOMMEND_EXPORT = "recommend_export"
    RECOMMEND_MODALITY = "recommend_modality"
    RECOMMEND_PATH = "recommend_path"
    RECOMMEND_GROUPING = "recommend_grouping"

    COLD_KIND = "cold_kind"
    COLD_SAY = "cold_say"
    COLD_SAY_SEARCH = "cold_say_search"
    COLD_STEP = "cold_step"
    COLD_REMOVE = "cold_remove"
    COLD_UNDO = "cold_undo"
    COLD_REDO = "cold_redo"
    COLD_CLEAR = "cold_clear"
    COLD_EXAMPLE = "cold_example"
    COLD_EXPLAIN = "cold_explain"
    COLD_KEEP = "cold_keep"
    COLD_ORDER = "cold_order"
    COLD_SEED = "cold_seed"
    COLD_RIVALS = "cold_rivals"
    COLD_NEW_LABEL = "cold_new_label"
    COLD_NEW_TEXT = "cold_new_text"
    COLD_NEW_ENTITIES = "cold_new_entities"
    COLD_NEW_ATTRIBUTE = "cold_new_attribute"
    COLD_SUBMIT = "cold_submit"
    COLD_FILE = "cold_file"
    COLD_ROLE = "cold_role"
    COLD_DOWNLOAD = "cold_download"
    COLD_APART = "cold_apart"
    COLD_LOUDNESS = "cold_loudness"
    COLD_REACH = "cold_reach"
    COLD_PLACES = "cold_places"
    SCENARIO_NAME = "scenario_name"
    SCENARIO_SAVE = "scenario_save"
    SCENARIO_OPEN = "scenario_open"
    SCENARIO_RENAME = "scenario_rename"
    SCENARIO_DELETE = "scenario_delete"
    PRESENT_START = "present_start"
    PRESENT_KEYS = "present_keys"

    EVALUATE_METRIC = "evaluate_metric"
    EVALUATE_PART = "evaluate_part"
    EVALUATE_BASELINES = "evaluate_baselines"
    EVALUATE_COMPARE = "evaluate_compare"
    EVALUATE_EXPORT = "evaluate_export"
    BENCHMARK_MODELS = "benchmark_models"
    BENCHMARK_PROTOCOLS = "benchmark_protocols"
    BENCHMARK_SEEDS = "benchmark_seeds"
    BENCHMARK_START = "benchmark_start"
    BENCHMARK_REPORT = "benchmark_report"
    BENCHMARK_PART = "benchmark_part"
    BENCHMARK_METRIC = "benchmark_metric"
    ABLATION_START = "ablation_start"
    SIGNAL_START = "signal_start"
    SHORT_START = "short_start"
    SHORT_METRIC = "short_metric"
    TAIL_START = "tail_start"
    TAIL_STRENGTH = "tail_strength"

    TRAIN_FEEDBACK = "train_feedback"
    RECOMMEND_SECTION = "recommend_section"
    RECOMMEND_WRONG = "recommend_wrong"
    RECOMMEND_ALL_FEEDBACK = "recommend_all_feedback"
    WHY_NOT_RIVAL = "why_not_rival"
    WHAT_IF = "what_if"
    WHAT_IF_SEARCH = "what_if_search"
    CHANGE_UNITS = "change_units"
    HEAT = "heat"
    COMPARE = "compare"
    COMPARE_SEARCH = "compare_search"
    FEEDBACK = "feedback"

    QUALITY_START = "quality_start"
    QUALITY_USERS = "quality_users"
    QUALITY_FIGURE = "quality_figure"

    def of(self, *parts: object) -> str:
        """The key of one widget among several of a kind, such as one per file."""
        return ":".join([str(self), *(str(part) for part in parts)])


@dataclass
class AppState:
    """The session's own memory.

    Attributes:
        dataset_fingerprint: the data set in use, "" for the newest one.
        run_id: the run in use, "" for the active one of the data set.
        kept: choices of address parameters, so that they outlive a visit to another page.
        draft_folder: folder of files that were uploaded or named and not yet imported, "" for none.
        draft_name: name that is offered for them.
        wants_upload: whether the visitor asked to upload, so that this way stands open.
        finished_jobs: jobs whose result was taken over already.
        upload_round: counts finished uploads; part of the uploader's key, so that it is emptied.
        tried: by run and user, the steps of the change that is tried out.
        histories: by data set, what the newcomer of the cold-start lab has said.
        scenarios: by data set, the saved scenario that was opened last.
        trail: addresses of the graph page before each step of the exploration, the oldest first.
        picked_triple: the line of the graph that was clicked last; None after another click.
        picked_entity: id of the entity that was clicked last outside of the neighborhood.
        picks: counts clicks into drawings, after which chosen rows lose their marks.
        table_rounds: by table, the clicks at its last showing and how often its marks were lost.
        has_drawing_library: whether the browser was sent what graphs are drawn with.
    """

    dataset_fingerprint: str = ""
    run_id: str = ""
    kept: dict[str, str] = field(default_factory=dict)
    draft_folder: str = ""
    draft_name: str = ""
    wants_upload: bool = False
    finished_jobs: set[str] = field(default_factory=set)
    upload_round: int = 0
    tried: dict[str, TriedSteps] = field(default_factory=dict)
    histories: dict[str, StepHistory] = field(default_factory=dict)
    scenarios: dict[str, OpenScenario] = field(default_factory=dict)
    trail: list[dict[str, str]] = field(default_factory=list)
    picked_triple: int | None = None
    picked_entity: str = ""
    picks: int = 0
    table_rounds: dict[str, tuple[int, int]] = field(default_factory=dict)
    has_drawing_library: bool = False


def get_state() -> AppState:
    """This session's state, made on first use."""
    if STATE_KEY not in st.session_state:
        st.session_state[STATE_KEY] = AppState()
    return cast(AppState, st.session_state[STATE_KEY])
