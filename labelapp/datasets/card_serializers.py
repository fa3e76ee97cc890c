"""What a version's card looks like in the API."""

from typing import Any

from rest_framework import serializers

from labelapp.common.jobs import JobState
from labelapp.datasets.serializers import JobProgressOutput


class CardOutput(serializers.Serializer[Any]):
    """Whether a version has a card, and how far it is; `html` is there when it is done."""

    state = serializers.ChoiceField(choices=["none", *JobState.values])
    progress = JobProgressOutput(allow_null=True, help_text="null: nobody asked for it yet")
    message = serializers.CharField()
    html = serializers.CharField(allow_null=True, help_text="what goes into a page")
    file_url = serializers.CharField(allow_null=True, help_text="a file with everything in it")
