import { describe, expect, it } from 'vitest';

import { ruleOf, type RuleFields } from '../../src/ui/pages/desk/taskRule';

const FIELDS: RuleFields = {
  layer: 'objects',
  search: ' rain ',
  attributes: '',
  simulated: 'no',
  labelledBy: '',
  place: ['', '', '', ''],
  stage: 'label',
  priority: 2,
  skill: '',
  startFrom: '',
  minPercent: 0,
  pieceSeconds: null,
};
const MACHINES = [
  { layer: 'objects', source: 'model' as const, name: 'detector-3', clips: 4 },
  { layer: 'objects', source: 'import' as const, name: '', clips: 1 },
];

describe('the rule for new tasks', () => {
  it('starts from nothing unless a label set is chosen', () => {
    const { rule } = ruleOf(FIELDS, MACHINES);
    expect(rule?.start_from).toBeNull();
    expect(rule?.clips).toEqual({ search: 'rain', labelled_by: '', simulated: false });
  });

  it('starts from the chosen label set, from a score on', () => {
    const { rule } = ruleOf({ ...FIELDS, startFrom: '0', minPercent: 30 }, MACHINES);
    expect(rule?.start_from).toEqual({ source: 'model', name: 'detector-3', min_score: 0.3 });
  });

  it('starts from nothing where labels that are there are reviewed', () => {
    const { rule } = ruleOf({ ...FIELDS, startFrom: '0', stage: 'review' }, MACHINES);
    expect(rule?.start_from).toBeNull();
  });

  it('splits what is to be labelled by time, not what is to be reviewed', () => {
    expect(ruleOf({ ...FIELDS, pieceSeconds: 20 }, MACHINES).rule?.piece_s).toBe(20);
    expect(ruleOf({ ...FIELDS, pieceSeconds: 20, stage: 'review' }, MACHINES).rule?.piece_s).toBeNull();
    expect(ruleOf(FIELDS, MACHINES).rule?.piece_s).toBeNull();
  });

  it('says what is wrong with half a place', () => {
    const { rule, trouble } = ruleOf({ ...FIELDS, place: ['1', '', '', ''] }, MACHINES);
    expect(rule).toBeNull();
    expect(trouble).toContain('four numbers');
  });
});
