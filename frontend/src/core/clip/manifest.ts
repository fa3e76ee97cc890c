import type { Ontology } from '../document/ontology';
import type { CameraSpec } from '../geometry/cameras/camera';
import type { RigidTransform } from '../geometry/rigid';
import type { ShutterSpec } from '../geometry/shutter';

/** A clip as the server describes it: `GET /api/clips/{clip_id}`. */
export interface ClipManifest {
  readonly id: string;
  readonly name: string;
  readonly project: { readonly slug: string; readonly name: string; readonly role: Role };
  readonly start_ns: string;
  readonly end_ns: string;
  readonly ticks_ns: readonly string[];
  readonly cameras: readonly ManifestCamera[];
  readonly lidars: readonly ManifestLidar[];
  readonly sweeps: readonly ManifestSweep[];
  readonly origin: {
    readonly latitude_deg: number;
    readonly longitude_deg: number;
    readonly altitude_m: number | null;
  } | null;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly ground_z_m: number | null;
  readonly ontology: Ontology;
  readonly label_sets: readonly LabelSetSummary[];
}

export type Role = 'labeller' | 'reviewer' | 'engineer' | 'admin';

export type ManifestCamera = CameraSpec & {
  readonly ego_from_camera: RigidTransform;
  readonly shutter: ShutterSpec;
  readonly times_ns: readonly string[];
  readonly has_picture: readonly boolean[];
  readonly calibration_hash: string;
};

export interface ManifestLidar {
  readonly name: string;
  readonly ego_from_lidar: RigidTransform;
  readonly fields?: readonly string[];
}

export interface ManifestSweep {
  readonly lidar: string;
  readonly time_ns: string;
  readonly point_count: number;
  /** Tiles that have all of its points; 0 or nothing: its one file has. */
  readonly tile_count?: number;
}

export interface LabelSetSummary {
  readonly id: string;
  readonly layer: string;
  readonly source: 'human' | 'model' | 'gold' | 'simulation' | 'import';
  readonly name: string;
  readonly revision: number;
  readonly label_count: number;
}
