"""Point clouds of whole clips: what stands still, thinned, and cut into tiles that stream."""

from projection.clouds.records import RECORD, CloudPoints
from projection.clouds.tileset import Tileset, TilesetWriter

__all__ = ["RECORD", "CloudPoints", "Tileset", "TilesetWriter"]
