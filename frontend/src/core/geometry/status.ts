/** What became of a point on its way to a picture; the numbers are those of the Python side. */
export const Status = {
  OK: 0,
  NEAR_OR_BEHIND: 1,
  OUTSIDE_DOMAIN: 2,
  /** The pixel is right, but off the picture. */
  OUT_OF_IMAGE: 3,
  /** Rolling shutter: the point is imaged at no time of the read-out. */
  NO_SOLUTION: 4,
  OCCLUDED: 5,
} as const;

export type Status = (typeof Status)[keyof typeof Status];
