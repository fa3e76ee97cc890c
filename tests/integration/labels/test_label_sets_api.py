"""Label sets by HTTP: listing, getting, making."""

import pytest

from labelapp.labels.models import Label, LabelSet
from labelapp.ontology.services import ontology_create


def ensure(client, clip, layer="objects", source="human"):
    body = {"layer": layer, "source": source}
    return client.send("POST", f"/api/clips/{clip.pk}/label-sets", body)


def test_a_label_set_is_made_once_and_then_got(cast, clip, ontology) -> None:
    first = ensure(cast.client("labeller"), clip)
    again = ensure(cast.client("reviewer"), clip)
    assert (first.status_code, again.status_code) == (201, 200)
    expected = {"layer": "objects", "source": "human", "name": "", "revision": 0, "label_count": 0}
    assert first.json() == {"id": str(LabelSet.objects.get().pk)} | expected
    assert again.json() == first.json()


def test_each_layer_and_source_has_its_own(cast, clip, ontology) -> None:
    client = cast.client("admin")
    for layer, source in [("objects", "human"), ("road", "human"), ("objects", "gold")]:
        assert ensure(client, clip, layer, source).status_code == 201
    assert LabelSet.objects.count() == 3


def test_people_label_only_layers_of_the_ontology(cast, clip, ontology) -> None:
    response = ensure(cast.client("labeller"), clip, layer="weather")
    assert response.status_code == 400
    assert response.json()["message"] == "The project's ontology has no layer 'weather'."


def test_a_model_may_use_any_layer(cast, clip, ontology) -> None:
    assert ensure(cast.client("engineer"), clip, "weather", "model").status_code == 201


def test_people_cannot_label_without_an_ontology(cast, clip) -> None:
    response = ensure(cast.client("labeller"), clip)
    assert (response.status_code, response.json()["code"]) == (409, "no_ontology")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"layer": "objects"},
        {"layer": "Objects", "source": "human"},
        {"layer": "ob\njects", "source": "human"},
        {"layer": "objects", "source": "magic"},
        [],
    ],
)
def test_a_malformed_wish_is_refused(cast, clip, ontology, body) -> None:
    path = f"/api/clips/{clip.pk}/label-sets"
    response = cast.client("labeller").send("POST", path, body)
    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    assert not LabelSet.objects.exists()


def test_the_list_counts_labels_that_are_there(cast, clip, label_set) -> None:
    road = LabelSet.objects.create(clip=clip, layer="road", source="import")
    for number in range(3):
        Label.objects.create(label_set=label_set, label_id=f"l{number}", version=1, body={})
    Label.objects.create(label_set=label_set, label_id="gone", version=2, body=None)
    found = cast.client("labeller").get(f"/api/clips/{clip.pk}/label-sets").json()
    assert [(s["id"], s["label_count"]) for s in found] == [
        (str(label_set.pk), 3),
        (str(road.pk), 0),
    ]
    one = cast.client("labeller").get(f"/api/label-sets/{label_set.pk}").json()
    assert one == found[0]


def test_the_list_has_only_the_clips_own(cast, clip, make_clip, label_set) -> None:
    LabelSet.objects.create(clip=make_clip(name="other"), layer="objects", source="human")
    found = cast.client("labeller").get(f"/api/clips/{clip.pk}/label-sets").json()
    assert [s["id"] for s in found] == [str(label_set.pk)]


def test_listing_costs_the_same_for_many(cast, clip, label_set, django_assert_num_queries) -> None:
    client = cast.client("labeller")
    # Session, user, the clip with its project, the label sets.
    with django_assert_num_queries(4):
        client.get(f"/api/clips/{clip.pk}/label-sets")
    for number in range(20):
        extra = LabelSet.objects.create(
            clip=clip, layer="objects", source="model", name=f"{number}"
        )
        Label.objects.create(label_set=extra, label_id="one", version=1, body={})
    with django_assert_num_queries(4):
        assert len(client.get(f"/api/clips/{clip.pk}/label-sets").json()) == 21


def test_a_newer_ontology_holds_from_then_on(cast, clip, label_set, default_ontology) -> None:
    layers = [layer for layer in default_ontology["layers"] if layer["name"] == "road"]
    ontology_create(actor=None, project=cast.project, body={"layers": layers})
    response = ensure(cast.client("labeller"), clip)
    assert response.status_code == 400
