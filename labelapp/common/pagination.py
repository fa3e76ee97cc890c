"""Pages of long lists."""

from typing import Any
from urllib.parse import urlsplit

from rest_framework.pagination import CursorPagination as DrfCursorPagination


def _relative(link: str | None) -> str | None:
    """Return a link without its host: behind a proxy we may go by another name."""
    if link is None:
        return None
    parts = urlsplit(link)
    return f"{parts.path}?{parts.query}"


class CursorPagination(DrfCursorPagination):
    """Newest first, at the same cost for every page; the cursor survives insertions."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
    ordering = ("-created_at", "-id")

    def get_next_link(self) -> str | None:
        """Return the path of the next page."""
        return _relative(super().get_next_link())

    def get_previous_link(self) -> str | None:
        """Return the path of the page before."""
        return _relative(super().get_previous_link())

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return the OpenAPI schema of a page."""
        link = {"type": "string", "nullable": True, "description": "path of that page, or null"}
        return {
            "type": "object",
            "required": ["results", "next", "previous"],
            "properties": {"results": schema, "next": link, "previous": link},
        }
