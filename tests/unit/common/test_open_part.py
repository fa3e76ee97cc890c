"""Parts of stored files: the bytes that are asked for, from a disk and from S3."""

import io

import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber
from django.core.files.storage import FileSystemStorage
from storages.backends.s3 import S3Storage

from labelapp.common.http import ByteRange
from labelapp.common.storage import open_part, put_bytes


@pytest.fixture
def s3(monkeypatch) -> S3Storage:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    return S3Storage(bucket_name="recordings", location="clips")


def test_a_file_on_disk_is_opened_at_the_first_byte(tmp_path) -> None:
    storage = FileSystemStorage(tmp_path)
    put_bytes(storage, "a/b", b"0123456789")
    with open_part(storage, "a/b", ByteRange(4, 6)) as file:
        assert file.read(3) == b"456"
    with pytest.raises(FileNotFoundError):
        open_part(storage, "a/c", ByteRange(0, 0))


def test_s3_is_asked_for_these_bytes_and_no_others(s3: S3Storage) -> None:
    with Stubber(s3.connection.meta.client) as stub:
        stub.add_response(
            "get_object",
            {"Body": StreamingBody(io.BytesIO(b"456"), 3)},
            {"Bucket": "recordings", "Key": "clips/a/b", "Range": "bytes=4-6"},
        )
        file = open_part(s3, "a/b", ByteRange(4, 6))
        assert file.read(10) == b"456"
        file.close()
        stub.assert_no_pending_responses()


def test_what_s3_does_not_have_is_not_found(s3: S3Storage) -> None:
    with Stubber(s3.connection.meta.client) as stub:
        stub.add_client_error("get_object", "NoSuchKey", http_status_code=404)
        with pytest.raises(FileNotFoundError, match="a/b"):
            open_part(s3, "a/b", ByteRange(0, 3))
