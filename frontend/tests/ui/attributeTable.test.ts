import { describe, expect, it } from 'vitest';

import { attributeTable } from '../../src/ui/pages/trust/attributeTable';

const attribute = (name: string, classes: Record<string, [number, number]>) => ({
  name,
  compared: 0,
  share: null,
  classes: Object.entries(classes).map(([class_name, [compared, share]]) => ({
    class_name,
    compared,
    share,
  })),
});

describe('the table of attributes', () => {
  it('has all classes first, then each by name, and what is called differently last', () => {
    const found = attributeTable([
      attribute('parked', { truck: [10, 0.5], '': [4, 1], car: [20, 1] }),
      attribute('trailer', { truck: [10, 0] }),
    ]);
    expect(found.columns).toEqual(['parked', 'trailer']);
    expect(found.rows.map((row) => row.title)).toEqual(['all classes', 'car', 'truck', 'called differently']);
    expect(found.rows[1]?.cells[1]).toBeNull();
    expect(found.rows[2]?.cells.map((cell) => cell?.share)).toEqual([0.5, 0]);
  });

  it('has no columns where nothing was compared', () => {
    expect(attributeTable([]).columns).toEqual([]);
  });
});
