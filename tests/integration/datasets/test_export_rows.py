"""Every invariant of an export's rows is held by the database."""

import pytest
from django.db import IntegrityError, transaction

from labelapp.common.jobs import Job
from labelapp.datasets.models import Export, ExportItem

pytestmark = pytest.mark.django_db


@pytest.fixture
def make_export(cast):
    def make(**fields) -> Export:
        good = {"layer": "objects", "source": "gold", "formats": ["coco"]}
        job = Job.objects.create(kind="datasets.export", queue="none")
        return Export.objects.create(project=cast.project, job=job, **(good | fields))

    return make


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("export_has_formats", {"formats": []}),
        ("export_has_a_layer_or_a_version", {"layer": ""}),
        ("export_files_lie_below_a_prefix", {"files": [{"name": "coco.json"}]}),
        ("export_card_is_of_a_version", {"include_card": True}),
        ("export_files_lie_below_a_prefix", {"files_prefix": "somewhere"}),
    ],
)
def test_the_database_refuses_an_export_that_breaks(make_export, constraint, fields) -> None:
    make_export()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        make_export(**fields)


def test_the_database_refuses_a_label_set_twice(make_export, clip, label_set) -> None:
    export = make_export()
    item = {"export": export, "clip": clip, "label_set": label_set, "revision": 1}
    ExportItem.objects.create(**item, position=0)
    with pytest.raises(IntegrityError, match="export_item_label_set_once"), transaction.atomic():
        ExportItem.objects.create(**item, position=1)


def test_an_export_belongs_to_one_job(make_export) -> None:
    export = make_export()
    with pytest.raises(IntegrityError, match="job_id"), transaction.atomic():
        Export.objects.create(
            project=export.project, job=export.job, layer="objects", source="gold", formats=["coco"]
        )
