import { describe, expect, it } from 'vitest';
import { createClip } from '../../../src/core/clip/clip';
import type { BoxFitter, BoxTracker } from '../../../src/core/assist/ports';
import { simplified } from '../../../src/core/actions/simplifyTrack';
import type { BoxState } from '../../../src/core/geometry/box';
import { angleBetween, fromYaw, yawOf } from '../../../src/core/geometry/quat';
import { Trajectory } from '../../../src/core/geometry/trajectory';
import { trackOf } from '../../../src/core/geometry/track';
import { add, distance, type Vec3 } from '../../../src/core/geometry/vec3';
import { targetsPerAction } from '../../../src/core/telemetry/imageTargets';
import { makeBox, makeClip, tick } from '../fixtures';
import { settled, TestEditor } from './harness';

const TICKS = 41;
const SIZE_M: Vec3 = [4.4, 1.8, 1.5];

/** Four seconds at 10 Hz, with images between the ticks. */
function longClip() {
  const times = Array.from({ length: TICKS }, (_, i) => tick(i));
  const { manifest } = makeClip();
  const [camera] = manifest.cameras;
  const images = times.slice(0, -1).map((time) => time + 33_000_000n);
  return createClip(
    {
      ...manifest,
      end_ns: tick(TICKS - 1).toString(),
      ticks_ns: times.map(String),
      cameras: [{ ...camera!, times_ns: images.map(String), has_picture: images.map(() => true) }],
    },
    new Trajectory(
      BigInt64Array.from(times),
      Float64Array.from(times.flatMap((_, i) => [0.5 * i, 0, 0])),
      Float64Array.from(times.flatMap(() => [0, 0, 0, 1])),
    ),
  );
}

/** A car that pulls off and turns left. */
function truth(timeNs: bigint): BoxState {
  const s = Number(timeNs - tick(0)) * 1e-9;
  const yaw = 0.12 * s * s;
  const path = 4 * s + 0.5 * s * s;
  return {
    position_m: [15 + path * Math.cos(yaw / 2), 4 + path * Math.sin(yaw / 2), 0.75],
    quat_xyzw: fromYaw(yaw),
    size_m: SIZE_M,
  };
}

const fitter: BoxFitter = {
  fit: ({ timeNs }) =>
    Promise.resolve({ kind: 'fitted', box: truth(timeNs), confidence: 0.9, isStatic: false }),
};

/**
 * A tracker as they are: it starts with the error of the box it was given, drifts the longer it follows, sees noise, and
 * loses the object when it has gone too far wrong.
 */
const tracker: BoxTracker = {
  track: ({ timeNs, box }) => {
    const start = truth(timeNs);
    const error: Vec3 = [box.position_m[0] - start.position_m[0], box.position_m[1] - start.position_m[1], 0];
    const errorYaw = yawOf(box.quat_xyzw) - yawOf(start.quat_xyzw);
    const keyframes = Array.from({ length: TICKS }, (_, i) => {
      const steps = Math.abs(Number(tick(i) - timeNs)) / 1e8;
      const drift = 0.005 * steps;
      const { position_m, quat_xyzw } = truth(tick(i));
      return {
        time_ns: tick(i).toString(),
        position_m: add(add(position_m, error), [drift + 0.02 * Math.sin(9 * i), -drift, 0]),
        quat_xyzw: fromYaw(yawOf(quat_xyzw) + errorYaw + 0.004 * Math.sin(5 * i)),
      };
    }).filter((_, i) => Math.abs(Number(tick(i) - timeNs)) < 3.2e9);
    const { from_ns: _from, to_ns: _to, ...endless } = makeBox('found', { keyframes });
    const label = simplified(endless, { position_m: 0.05, angle_rad: 0.017 });
    return Promise.resolve({ kind: 'tracked', label, confidence: label.keyframes.map(() => 0.6) });
  },
};

/** Counts what a person does: every key press, click and drag. */
class Person {
  readonly t = new TestEditor([], { clip: longClip(), fitter, tracker });
  actions = 0;

  async key(key: string, modifiers: { shift?: boolean; ctrl?: boolean } = {}): Promise<void> {
    this.actions += 1;
    this.t.key(key, modifiers);
    await settled();
  }

  async clickPoints(at: Vec3): Promise<void> {
    this.actions += 1;
    this.t.click(at, { onPoint: true });
    await settled();
  }

  /** Drags the box onto the object, as well as hand and eye do: 3 cm off, in the view of it from the top. */
  async dragOnto(id: string): Promise<void> {
    this.actions += 1;
    const { t } = this;
    const { position_m } = t.state(id);
    const to = truth(t.editor.session.get().timeNs).position_m;
    t.dragHandle(id, 'body', [to[0] - position_m[0] + 0.02, to[1] - position_m[1] - 0.02, 0], {
      via: 'top',
      scale_px: 60,
    });
    await settled();
  }
}

describe('a labeller with mouse and keys', () => {
  it('makes a fitted box with one click, in the tool that is in hand', async () => {
    const person = new Person();
    person.t.key('b');
    await person.clickPoints([15, 4, 1]);
    expect(person.actions).toBe(1);
    expect(person.t.state('new-1')).toEqual(truth(tick(0)));
    expect(person.t.steps).toEqual(['New car']);
  });

  it('labels a parked car with three actions, tool and static flag included', async () => {
    const person = new Person();
    await person.key('b');
    await person.clickPoints([15, 4, 1]);
    await person.key('p');
    expect([person.actions, person.t.editor.effort.get().all.actions]).toEqual([3, 3]);
    expect(person.t.box('new-1').static).toBe(true);
  });

  it('labels a moving car through 40 ticks with twelve actions at most, by an imperfect tracker', async () => {
    const person = new Person();
    const { t } = person;
    await person.key('b');
    await person.clickPoints([15, 4, 1]);
    await person.key('>');
    await person.key('Enter');
    // The tracker lost it before the end: to where it is still near, correct it there, and follow on.
    await person.key('ArrowRight', { shift: true });
    await person.key('ArrowRight', { shift: true });
    await person.dragOnto('new-1');
    await person.key('>');
    await person.key('Enter');
    expect(person.actions).toBeLessThanOrEqual(12);
    expect(t.editor.effort.get().all.actions).toBe(person.actions);
    t.editor.imageTargets.advance(t.editor.document.labels(), () => true);
    const { images } = t.editor.imageTargets.total(t.editor.document.labels());
    expect(targetsPerAction(images, person.actions)).toBeGreaterThan(3);
    const track = trackOf(t.box('new-1'));
    const camera = t.editor.clip.cameras[0]!;
    expect(camera.timesNs).toHaveLength(40);
    for (const timeNs of camera.timesNs) {
      const state = track.at(timeNs);
      const reference = truth(timeNs);
      expect(state).not.toBeNull();
      expect(distance(state!.position_m, reference.position_m)).toBeLessThan(0.2);
      expect(angleBetween(state!.quat_xyzw, reference.quat_xyzw)).toBeLessThan((3 * Math.PI) / 180);
    }
  });

  it('would not get there by the tracker alone', async () => {
    const person = new Person();
    await person.key('b');
    await person.clickPoints([15, 4, 1]);
    await person.key('>');
    await person.key('Enter');
    const track = trackOf(person.t.box('new-1'));
    expect(track.existsAt(tick(TICKS - 1))).toBe(false);
  });
});
