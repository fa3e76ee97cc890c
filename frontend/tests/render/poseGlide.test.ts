import { describe, expect, it } from 'vitest';

import { PoseGlide } from '../../src/render/views/poseGlide';

const FROM = { target_m: [0, 0, 0] as const, distance_m: 10, yaw_rad: 3, pitch_rad: 0.2 };
const TO = { target_m: [4, 0, 0] as const, distance_m: 40, yaw_rad: -3, pitch_rad: 1 };

describe('a glide of the 3D view', () => {
  it('begins where one is and ends at its goal, the short way round', () => {
    const glide = new PoseGlide(FROM, TO);
    expect(glide.at(1000).pose).toEqual(FROM);
    const middle = glide.at(1080).pose;
    expect(middle.yaw_rad).toBeCloseTo(Math.PI, 9);
    expect(middle.distance_m).toBeCloseTo(20, 9);
    const { pose, isDone } = glide.at(1160);
    expect(isDone).toBe(true);
    expect(pose).toEqual({ ...TO, yaw_rad: 2 * Math.PI - 3 });
  });

  it('goes along with what is followed', () => {
    const glide = new PoseGlide(FROM, TO);
    glide.at(0);
    glide.shift([0, 5, 0]);
    expect(glide.at(500).pose.target_m).toEqual([4, 5, 0]);
  });
});
