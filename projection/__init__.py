"""Pure geometry: cameras, trajectories, labels in time, and what they look like in every image."""

from projection.camera import Camera
from projection.cuboids import CuboidTarget, project_cuboid, project_cuboids
from projection.rendering import Targets, render
from projection.rigid import RigidTransform
from projection.scene import Cloud, Mesh, Scene
from projection.shutter import Shutter
from projection.spec import SpecError
from projection.status import Status
from projection.tracks import CuboidState, Track, TrackStates
from projection.trajectory import OutsideTrajectoryError, Trajectory
from projection.view import View

__all__ = [
    "Camera",
    "Cloud",
    "CuboidState",
    "CuboidTarget",
    "Mesh",
    "OutsideTrajectoryError",
    "RigidTransform",
    "Scene",
    "Shutter",
    "SpecError",
    "Status",
    "Targets",
    "Track",
    "TrackStates",
    "Trajectory",
    "View",
    "project_cuboid",
    "project_cuboids",
    "render",
]
