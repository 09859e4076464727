"""The doctor says what a night lacks for sharing its work: update files, the folder of the shards, workers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from litwatch.model.errors import SettingsError
from litwatch.model.topic import TopicSource
from litwatch.night.health import check_settings, fix_of
from litwatch.night.scheduler import SchedulerUnwell
from litwatch.night.shards import open_shard_folder
from litwatch.night.shared_work import check_shards, check_update_files
from tests.local_server import serving
from tests.night.test_health import Scheduler
from tests.nights import House, open_house

POOL = "/api/work_pools/litwatch-shards/workers/filter"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A site with one article."""
    with open_house(tmp_path_factory.mktemp("house")) as opened:
        opened.write_topic("sleep")
        yield opened


@pytest.fixture(scope="module")
def scheduler() -> Iterator[Scheduler]:
    """A Prefect server that knows the deployment of the shards."""
    server = Scheduler()
    server.answers["/api/deployments/filter"] = [{"id": "d2", "work_pool_name": "litwatch-shards"}]
    with serving(server):
        yield server


def test_where_nothing_is_shared_nothing_is_wrong(house: House) -> None:
    assert "every article is searched in PubMed" in check_update_files(house.settings())
    assert "not divided" in check_shards(house.settings(), {})


@pytest.mark.parametrize(
    ("where", "said"),
    [
        (None, "sleep is to be searched in NLM's update files and LITWATCH_BULK_FILES is not set"),
        ("/nowhere", "LITWATCH_BULK_FILES: /nowhere cannot be read"),
        ("ftp://x", "LITWATCH_BULK_FILES: ftp addresses are not read"),
        ("https://user:word@example.org/", "LITWATCH_BULK_FILES: .* no user, password"),
    ],
)
def test_update_files_that_no_night_could_read_are_named(house: House, where: str | None, said: str) -> None:
    with pytest.raises(SettingsError, match=said) as found:
        check_update_files(house.settings(source=TopicSource.BULK, bulk_files=where))
    assert "LITWATCH_BULK_FILES=" in (fix_of("update files", found.value) or "")


def test_update_files_that_are_there_are_counted_and_an_address_is_only_asked_on_request(
    house: House, tmp_path: Path
) -> None:
    (tmp_path / "pubmed26n1335.xml.gz").write_bytes(b"")
    said = check_update_files(house.settings(source=TopicSource.BOTH, bulk_files=str(tmp_path)))
    assert said == f"{tmp_path}, for 1 article; 1 there"
    far = house.settings(bulk_files="http://127.0.0.1:9/")
    assert "for no article" in check_update_files(far)
    assert "not asked" in check_update_files(far)


@pytest.mark.parametrize("address", ["/nowhere", __file__, "ftp://127.0.0.1:9/y", "nosuch://x/y"])
def test_a_folder_of_shards_that_cannot_be_reached_is_a_wrong_setting(house: House, address: str) -> None:
    with pytest.raises(SettingsError, match="LITWATCH_SHARDS"):
        check_shards(house.settings(shards=address), {})
    assert not Path("/nowhere").exists(), "the doctor makes no folder"


@pytest.mark.parametrize("address", ["/proc/x", __file__, "ftp://127.0.0.1:9/y"])
def test_a_night_says_once_and_in_words_that_it_cannot_use_its_folder(house: House, address: str) -> None:
    with pytest.raises(SettingsError, match=r"LITWATCH_SHARDS: .* cannot be used \(.*\): name a folder") as found:
        open_shard_folder(house.settings(shards=address))
    assert str(found.value).count(address) == 1


def test_a_pool_of_shards_without_a_worker_is_named(house: House, scheduler: Scheduler, tmp_path: Path) -> None:
    settings = house.settings(shards=str(tmp_path))
    scheduler.answers[POOL] = [{"status": "ONLINE"}, {"status": "OFFLINE"}]
    assert check_shards(settings, scheduler.environment) == f"{tmp_path}; 1 worker online in the pool litwatch-shards"
    assert "one by one" in check_shards(settings, {})
    scheduler.answers[POOL] = [{"status": "OFFLINE"}]
    with pytest.raises(SchedulerUnwell, match="no worker of the pool litwatch-shards is online") as found:
        check_shards(settings, scheduler.environment)
    assert "worker start --pool litwatch-shards" in found.value.fix


def test_shards_without_a_deployment_have_nobody_to_go_to(house: House, tmp_path: Path) -> None:
    server = Scheduler()
    server.answers["/api/deployments/filter"] = []
    with serving(server), pytest.raises(SchedulerUnwell, match="no deployment named survey-shard") as found:
        check_shards(house.settings(shards=str(tmp_path)), server.environment)
    assert "prefect.shards.yaml" in found.value.fix


def test_more_machines_than_ncbi_allows_are_wrong_settings(house: House) -> None:
    with pytest.raises(SettingsError, match="LITWATCH_MACHINES is 5"):
        check_settings(house.settings(machines=5))
