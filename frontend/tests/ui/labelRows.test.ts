import { describe, expect, it } from 'vitest';

import { labelId, type LabelId } from '../../src/core/document/ids';
import type { Label } from '../../src/core/document/label';
import { labelRows } from '../../src/ui/labelling/labelRows';

function label(id: string, className: string): Label {
  return { id: labelId(id), class: className, attributes: {}, geometry: 'points' };
}

const LABELS = new Map<LabelId, Label>(
  [
    label('aaaa-0002', 'car'),
    label('aaaa-0001', 'car'),
    label('bbbb-0003', 'tram'),
    label('cccc-0004', 'walker'),
  ].map((item) => [item.id, item]),
);
const QUERY = {
  text: '',
  folded: new Set<string>(),
  titleOf: (name: string) => ({ car: 'Car', walker: 'Pedestrian' })[name] ?? name,
  classOrder: ['walker', 'car', 'bus'],
};

function words(query: Partial<typeof QUERY>): string[] {
  return labelRows(LABELS, { ...QUERY, ...query }).map((row) =>
    row.kind === 'class' ? `${row.title} (${row.labels.length})` : row.label.id,
  );
}

describe('the list of labels', () => {
  it("goes by class in the ontology's order, unknown classes last, empty ones left out", () => {
    expect(words({})).toEqual([
      'Pedestrian (1)',
      'cccc-0004',
      'Car (2)',
      'aaaa-0001',
      'aaaa-0002',
      'tram (1)',
      'bbbb-0003',
    ]);
  });

  it('folds a class away but keeps its count', () => {
    expect(words({ folded: new Set(['car']) })).not.toContain('aaaa-0001');
    expect(words({ folded: new Set(['car']) })).toContain('Car (2)');
  });

  it('finds by class title and by id, also in folded classes', () => {
    expect(words({ text: 'PEDES' })).toEqual(['Pedestrian (1)', 'cccc-0004']);
    expect(words({ text: '0002', folded: new Set(['car']) })).toEqual(['Car (1)', 'aaaa-0002']);
    expect(words({ text: 'nothing' })).toEqual([]);
  });
});
