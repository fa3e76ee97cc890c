import { describe, expect, it } from 'vitest';

import { labelId, type LabelId } from '../../src/core/document/ids';
import type { Label } from '../../src/core/document/label';
import { INITIAL_SESSION } from '../../src/core/session/session';
import { visiblePaths } from '../../src/render/shownPaths';

const LINE: Label = {
  id: labelId('line'),
  class: 'lane',
  attributes: {},
  geometry: 'polyline',
  vertices_m: [
    [0, 0, 0],
    [1, 0, 0],
    [1, 2, 0],
  ],
  closed: false,
};
const AREA: Label = {
  id: labelId('area'),
  class: 'crossing',
  attributes: {},
  geometry: 'polygon',
  rings_m: [
    [
      [0, 0, 0],
      [4, 0, 0],
      [0, 4, 0],
    ],
    [
      [1, 1, 0],
      [2, 1, 0],
      [1, 2, 0],
    ],
  ],
};
const LABELS = new Map<LabelId, Label>([
  [LINE.id, LINE],
  [AREA.id, AREA],
]);

describe('visiblePaths', () => {
  it('draws an open line from its first vertex to its last', () => {
    const [line] = visiblePaths(LABELS, INITIAL_SESSION, () => '#fff');
    expect([...line!.runs[0]!]).toEqual([0, 0, 0, 1, 0, 0, 1, 2, 0]);
  });

  it('closes every ring of an area, holes too', () => {
    const area = visiblePaths(LABELS, INITIAL_SESSION, () => '#fff')[1]!;
    expect(area.runs).toHaveLength(2);
    for (const run of area.runs) expect([...run.slice(-3)]).toEqual([...run.slice(0, 3)]);
  });

  it('leaves out what is hidden and marks what is selected', () => {
    const session = { ...INITIAL_SESSION, hidden: new Set([LINE.id]), selection: [AREA.id] };
    const paths = visiblePaths(LABELS, session, () => '#fff');
    expect(paths.map((path) => [path.labelId, path.isSelected])).toEqual([['area', true]]);
  });
});
