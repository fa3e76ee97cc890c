/** Specs to start from. */
export const SPEC_EXAMPLES: readonly { readonly title: string; readonly text: string }[] = [
  {
    title: 'Boxes in pictures',
    text: `heads:
  objects:
    kind: objects2d
    visibility: {min_visible_fraction: 0.1, otherwise: ignore}
`,
  },
  {
    title: 'Boxes in 2D and 3D, lanes',
    text: `sampling: {max_rate_hz: 10}
heads:
  boxes: {kind: objects2d}
  boxes3d: {kind: objects3d}
  lanes: {kind: lanes}
`,
  },
  {
    title: 'Masks: instances and classes',
    text: `heads:
  instances: {kind: instance}
  pixels: {kind: semantic}
`,
  },
  {
    title: "Bird's-eye layout",
    text: `heads:
  top:
    kind: bev
    grid: {frame: ego, origin_m: [-20, -30], resolution_m: 0.25, size: [320, 240], height: true}
`,
  },
];
