import { createClip, type Clip } from '../../src/core/clip/clip';
import type { ClipManifest, ManifestCamera } from '../../src/core/clip/manifest';
import { labelId } from '../../src/core/document/ids';
import type { CuboidLabel } from '../../src/core/document/label';
import type { OntologyLayer } from '../../src/core/document/ontology';
import { Trajectory } from '../../src/core/geometry/trajectory';

export const SECOND = 1_000_000_000n;

/** Times like those of real recordings: too large for a double. */
export const START_NS = 1_718_000_000_123_456_789n;

export const LAYER: OntologyLayer = {
  name: 'objects',
  title: 'Objects',
  classes: [
    {
      name: 'car',
      title: 'Car',
      color: '#0072B2',
      geometries: ['cuboid'],
      hotkey: '1',
      size_m: [4.6, 1.9, 1.6],
      attributes: [
        { name: 'parked', title: 'Parked', type: 'boolean', default: false },
        { name: 'lights', title: 'Lights', type: 'select', options: ['off', 'brake'], per_keyframe: true },
      ],
    },
    {
      name: 'pedestrian',
      title: 'Pedestrian',
      color: '#D55E00',
      geometries: ['cuboid'],
      hotkey: '2',
      size_m: [0.6, 0.7, 1.75],
      attributes: [],
    },
    {
      name: 'lane_line',
      title: 'Lane line',
      color: '#009E73',
      geometries: ['polyline'],
      attributes: [],
    },
  ],
};

const FRONT: ManifestCamera = {
  name: 'front',
  width: 1280,
  height: 800,
  model: 'pinhole',
  params: { fx: 900, fy: 900, cx: 639.5, cy: 399.5 },
  ego_from_camera: { position_m: [1.6, 0, 1.5], quat_xyzw: [-0.5, 0.5, -0.5, 0.5] },
  shutter: { type: 'global' },
  times_ns: Array.from({ length: 11 }, (_, i) => (START_NS + (BigInt(i) * SECOND) / 10n).toString()),
  has_picture: Array.from({ length: 11 }, () => true),
  calibration_hash: 'test',
};

/** One second at 10 Hz, the ego driving straight ahead at 10 m/s; the ground is at z = 0. */
export function makeClip(overrides: Partial<ClipManifest> = {}): Clip {
  const n = 11;
  const times = Array.from({ length: n }, (_, i) => START_NS + (BigInt(i) * SECOND) / 10n);
  const trajectory = new Trajectory(
    BigInt64Array.from(times),
    Float64Array.from(times.flatMap((_, i) => [i, 0, 0])),
    Float64Array.from(times.flatMap(() => [0, 0, 0, 1])),
  );
  return createClip(
    {
      id: 'clip',
      name: 'clip',
      project: { slug: 'demo', name: 'Demo', role: 'labeller' },
      start_ns: START_NS.toString(),
      end_ns: (START_NS + SECOND).toString(),
      ticks_ns: times.map(String),
      cameras: [FRONT],
      lidars: [],
      sweeps: [],
      origin: null,
      attributes: {},
      ground_z_m: 0,
      ontology: { id: 'ontology', version: 1, layers: [LAYER] },
      label_sets: [],
      ...overrides,
    },
    trajectory,
  );
}

export function tick(index: number): bigint {
  return START_NS + (BigInt(index) * SECOND) / 10n;
}

/** A box 20 m ahead, heading along x, standing for the whole clip. */
export function makeBox(id: string, overrides: Partial<CuboidLabel> = {}): CuboidLabel {
  return {
    id: labelId(id),
    class: 'car',
    geometry: 'cuboid',
    attributes: { parked: false },
    static: false,
    size_m: [4, 2, 1.5],
    interpolation: 'linear',
    from_ns: tick(0).toString(),
    to_ns: tick(10).toString(),
    keyframes: [{ time_ns: tick(0).toString(), position_m: [20, 0, 0.75], quat_xyzw: [0, 0, 0, 1] }],
    ...overrides,
  };
}

/** Ids that count. */
export function countingIds(prefix = 'new'): () => string {
  let count = 0;
  return () => {
    count += 1;
    return `${prefix}-${count}`;
  };
}
