from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path

from kgrec_core.storage.workspace import Workspace
from kgrec_ui.state import Widget
from tests.store_samples import small_dataset
from tests.ui.conftest import (
    OpenPage,
    SmallWorkspace,
    hold_queue,
    submitted_jobs,
    write_small_tables,
)
from tests.ui.page_reading import DATA, button, is_sound, put_job, texts


def test_the_data_page_shows_the_headline_numbers(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, DATA)
    assert is_sound(at)
    numbers = {metric.label: metric.value for metric in at.metric}
    assert numbers["Users"] == "30"
    assert numbers["Items"] == "20"


def test_the_data_page_reports_the_cell_that_is_no_number(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, DATA)
    tables = [frame.value for frame in at.dataframe]
    report = next(table for table in tables if "What was found and done" in table)
    assert list(report["File"]) == ["ratings.csv"]
    assert list(report["Example"]) == ["many"]


def test_every_chart_of_the_data_page_has_a_table(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, DATA)
    n_twins = sum(e.label == "Show as table" for e in at.expander)
    assert n_twins == len(at.get("plotly_chart")) == 6


def test_an_uploaded_pair_of_tables_is_guessed_and_imported(
    open_page: OpenPage, tmp_path: Path
) -> None:
    folder = write_small_tables(tmp_path / "tables")
    hold_queue(tmp_path / "ws")
    files = [(p.name, p.read_bytes(), "text/csv") for p in sorted(folder.iterdir())]
    at = open_page(tmp_path / "ws", DATA)
    at.file_uploader[0].set_value(files).run()
    assert is_sound(at)
    roles = {box.label: box.value for box in at.selectbox if box.label == "User id"}
    assert roles == {"User id": "user_id"}
    button(at, "Import").click().run()
    assert is_sound(at)
    payload = submitted_jobs(tmp_path / "ws")[0].payload
    assert {table["role"] for table in payload["mapping"]["tables"]} == {"interactions", "items"}


def test_an_uploaded_archive_is_unpacked_for_mapping(open_page: OpenPage, tmp_path: Path) -> None:
    folder = write_small_tables(tmp_path / "tables")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in folder.iterdir():
            archive.write(path, f"shop/{path.name}")
    at = open_page(tmp_path / "ws", DATA)
    at.file_uploader[0].set_value([("shop.zip", packed.getvalue(), "application/zip")]).run()
    assert is_sound(at)
    assert any("ratings.csv" in e.label for e in at.expander)
    assert next(t for t in at.text_input if t.label == "Name of the data set").value == "shop"


def test_an_uploaded_picture_is_refused_with_a_sentence(
    open_page: OpenPage, tmp_path: Path
) -> None:
    at = open_page(tmp_path / "ws", DATA)
    picture = ("photo.csv", b"\x89PNG\r\n\x1a\n" + bytes(100), "text/csv")
    at.file_uploader[0].set_value([picture]).run()
    assert is_sound(at)
    assert "PNG picture" in at.error[0].value
    assert "marked as interactions" not in texts(at)  # there is nothing to mark


def test_a_file_that_gets_another_role_stays_open(open_page: OpenPage, tmp_path: Path) -> None:
    at = open_page(tmp_path / "ws", DATA)
    met = ("log.csv", b"user_id,item_id\nann,f1\nbob,f2\nann,f2\n", "text/csv")
    other = ("pairs.csv", b"left,right\nx,y\ny,z\nz,z\n", "text/csv")
    at.file_uploader[0].set_value([met, other]).run()
    before = [box for box in at.expander if "pairs.csv" in box.label]
    assert [box.proto.expanded for box in before] == [False]
    at.selectbox[-1].set_value("social").run()
    after = [box for box in at.expander if "pairs.csv" in box.label]
    assert [box.proto.expanded for box in after] == [True]


def test_tables_without_telling_names_are_mapped_by_hand_and_the_page_says_so(
    open_page: OpenPage, tmp_path: Path
) -> None:
    at = open_page(tmp_path / "ws", DATA)
    table = ("x.csv", b"aa;bb\nk1;p1\nk2;p2\nk3;p3\n", "text/csv")
    at.file_uploader[0].set_value([table]).run()
    assert is_sound(at)
    assert "say which columns hold the users and the items" in at.warning[0].value
    assert "No table says which user met which item" in texts(at)


def test_an_archive_that_would_leave_its_folder_is_refused(
    open_page: OpenPage, tmp_path: Path
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("../../evil.csv", "a,b\n1,2\n")
    at = open_page(tmp_path / "ws", DATA)
    at.file_uploader[0].set_value([("evil.zip", packed.getvalue(), "application/zip")]).run()
    assert is_sound(at)
    assert "outside" in texts(at)
    assert not list(tmp_path.rglob("evil.csv"))


def test_a_folder_path_that_is_not_there_is_one_sentence(
    open_page: OpenPage, tmp_path: Path
) -> None:
    at = open_page(tmp_path / "ws", DATA)
    at.text_input(key=Widget.FOLDER_PATH).set_value(str(tmp_path / "nowhere"))
    button(at, "Read").click().run()
    assert is_sound(at)
    assert "Check the path" in texts(at)


def test_a_folder_is_read_where_it_lies(open_page: OpenPage, tmp_path: Path) -> None:
    hold_queue(tmp_path / "ws")
    folder = write_small_tables(tmp_path / "tables")
    at = open_page(tmp_path / "ws", DATA)
    at.text_input(key=Widget.FOLDER_PATH).set_value(str(folder))
    button(at, "Read").click().run()
    assert is_sound(at)
    button(at, "Import").click().run()
    assert submitted_jobs(tmp_path / "ws")[0].payload["path"] == str(folder)


def test_leaving_a_file_without_a_needed_column_says_which(
    open_page: OpenPage, tmp_path: Path
) -> None:
    folder = write_small_tables(tmp_path / "tables")
    at = open_page(tmp_path / "ws", DATA)
    at.text_input(key=Widget.FOLDER_PATH).set_value(str(folder))
    button(at, "Read").click().run()
    next(b for b in at.selectbox if b.label == "User id").set_value("").run()
    assert is_sound(at)
    assert "choose a column for User id" in texts(at)
    assert "Import" not in {b.label for b in at.button}


def test_discarding_brings_the_ways_to_bring_data_back(open_page: OpenPage, tmp_path: Path) -> None:
    folder = write_small_tables(tmp_path / "tables")
    at = open_page(tmp_path / "ws", DATA)
    at.text_input(key=Widget.FOLDER_PATH).set_value(str(folder))
    button(at, "Read").click().run()
    button(at, "Discard").click().run()
    assert "Bring data" in texts(at)
    assert (folder / "ratings.csv").exists()


def test_a_reload_finds_the_uploaded_files_again(open_page: OpenPage, tmp_path: Path) -> None:
    folder = write_small_tables(tmp_path / "tables")
    files = [(p.name, p.read_bytes(), "text/csv") for p in sorted(folder.iterdir())]
    first = open_page(tmp_path / "ws", DATA)
    first.file_uploader[0].set_value(files).run()
    draft = first.query_params["draft"]
    again = open_page(tmp_path / "ws", DATA, draft=draft)
    assert is_sound(again)
    assert button(again, "Import")
    button(again, "Discard").click().run()
    assert not list((tmp_path / "ws" / "uploads").iterdir())


def test_an_address_cannot_open_a_folder_outside_the_uploads(
    open_page: OpenPage, tmp_path: Path
) -> None:
    write_small_tables(tmp_path / "tables")
    at = open_page(tmp_path / "ws", DATA, draft="../../tables")
    assert is_sound(at)
    assert "Import" not in {b.label for b in at.button}
    assert "draft" not in at.query_params


def test_a_finished_import_is_in_use_and_its_copies_are_gone(
    open_page: OpenPage, tmp_path: Path
) -> None:
    folder = write_small_tables(tmp_path / "tables")
    files = [(p.name, p.read_bytes(), "text/csv") for p in sorted(folder.iterdir())]
    root = tmp_path / "ws"
    at = open_page(root, DATA)
    at.file_uploader[0].set_value(files).run()
    button(at, "Import").click().run()
    deadline = time.monotonic() + 120
    while not submitted_jobs(root)[0].is_over and time.monotonic() < deadline:
        time.sleep(0.5)
    at.run()
    assert is_sound(at)
    assert "The data set is imported and in use." in at.success[0].value
    assert "My data" in [header.value for header in at.header]
    assert not list((root / "uploads").iterdir())


def test_a_finished_import_is_taken_over_once_and_not_after_another_choice(
    open_page: OpenPage, own_workspace: SmallWorkspace
) -> None:
    workspace = Workspace(own_workspace.root, f"sqlite:///{own_workspace.root / 'kgrec.db'}")
    other = workspace.save_dataset(small_dataset(name="Other")).fingerprint
    workspace.close()
    put_job(own_workspace.root, kind="import", state="done", result={"fingerprint": other})
    at = open_page(own_workspace.root, DATA, job="j1")
    assert at.query_params["data"] == other
    button(at, "Use this").click().run()
    assert is_sound(at)
    assert at.query_params["data"] == own_workspace.dataset_fingerprint
    assert "Small shop" in [header.value for header in at.header]
