import type { Layout } from './layout';

/** The panels that stand at a side of the views, one above the other. */
export type SidePart = 'labels' | 'cameras' | 'properties';
export type CameraDock = 'left' | 'right' | 'bottom';
export type Side = 'left' | 'right';

export interface Arrangement {
  /** From the top down; none: the side takes no room. */
  readonly left: readonly SidePart[];
  readonly right: readonly SidePart[];
  readonly hasCamerasBelow: boolean;
}

/** The dock that was kept, if it is one. */
export function cameraDock(layout: Pick<Layout, 'camerasAt'>): CameraDock {
  const { camerasAt } = layout;
  return camerasAt === 'left' || camerasAt === 'bottom' ? camerasAt : 'right';
}

/** Where each panel stands: what was closed stands nowhere. */
export function arrange(
  layout: Pick<Layout, 'camerasAt' | 'propertiesAt' | 'isLeftOpen' | 'isRightOpen' | 'isCamerasOpen'>,
): Arrangement {
  const camerasAt = layout.isCamerasOpen ? cameraDock(layout) : null;
  const propertiesAt: Side = layout.propertiesAt === 'left' ? 'left' : 'right';
  const at = (side: Side): SidePart[] => [
    ...(side === 'left' ? (['labels'] as const) : []),
    ...(camerasAt === side ? (['cameras'] as const) : []),
    ...(propertiesAt === side ? (['properties'] as const) : []),
  ];
  return {
    left: layout.isLeftOpen ? at('left') : [],
    right: layout.isRightOpen ? at('right') : [],
    hasCamerasBelow: camerasAt === 'bottom',
  };
}

export type PresetId = 'space' | 'pictures' | 'batch';

/** Arrangements for one kind of work, for a screen of this width. */
export function presetLayout(id: PresetId, width_px: number): Partial<Layout> {
  const common = { isTimelineOpen: true, isOrthoOpen: true, isCamerasOpen: true, propertiesAt: 'right' };
  switch (id) {
    case 'space':
      return {
        ...common,
        isLeftOpen: false,
        isRightOpen: true,
        camerasAt: 'right',
        rightWidth_px: Math.round(Math.max(250, 0.17 * width_px)),
        orthoShare: 0.25,
      };
    case 'pictures':
      return {
        ...common,
        isLeftOpen: true,
        isRightOpen: true,
        camerasAt: 'right',
        leftWidth_px: 190,
        rightWidth_px: Math.round(0.5 * width_px),
        orthoShare: 0.42,
        weights: { labels: 0.6, cameras: 0.76, properties: 0.24 },
      };
    case 'batch':
      return { ...common, isLeftOpen: false, isRightOpen: false, camerasAt: 'right' };
  }
}
