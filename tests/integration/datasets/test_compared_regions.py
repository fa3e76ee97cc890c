"""Label sets compared where a network looks."""

import pytest

from labelapp.labels.models import LabelSet

pytestmark = [pytest.mark.django_db(transaction=True)]


def compared(cast, clip, query: str = ""):
    label_set = LabelSet.objects.get(clip=clip)
    url = f"/api/label-sets/{label_set.pk}/comparison/{label_set.pk}{query}"
    return cast.client("engineer").get(url)


def ticks(answer) -> dict[str, int]:
    assert answer.status_code == 200, answer.content
    rows = answer.json()["objects"]["rows"]
    return {row["reference_id"]: row["reference_ticks"] for row in rows}


def test_only_boxes_in_the_region_count(cast, ontology, clip) -> None:
    assert set(ticks(compared(cast, clip)).values()) == {3}
    around = ticks(compared(cast, clip, "?region=0.5,40,-10,10"))
    assert around["c-behind"] == 0
    # The ego drives past it: 2 m ahead, then 1 m, then beside it.
    assert around["d-beside"] == 2
    assert around["b-moving"] == 3


@pytest.mark.parametrize("region", ["1,2,3", "a,b,c,d", "2,1,0,1", "0,nan,0,1", "0,1,0,inf"])
def test_what_is_no_region_is_told(cast, ontology, clip, region: str) -> None:
    answer = compared(cast, clip, f"?region={region}")
    assert answer.status_code == 400
    assert "region: expected x0,x1,y0,y1" in answer.content.decode()
    assert answer.content.decode().count(f"found '{region}'.") >= 1
