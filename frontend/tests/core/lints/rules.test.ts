import { describe, expect, it } from 'vitest';
import type { RecordsDiff } from '../../../src/core/document/diff';
import type { CuboidLabel, Keyframe, Label } from '../../../src/core/document/label';
import type { OntologyLayer } from '../../../src/core/document/ontology';
import { DocumentStore } from '../../../src/core/document/store';
import { fromYaw } from '../../../src/core/geometry/quat';
import type { Vec3 } from '../../../src/core/geometry/vec3';
import type { Lint, LintSurroundings } from '../../../src/core/lints/lint';
import { LINT_RULES } from '../../../src/core/lints/registry';
import { LAYER, makeBox, makeClip, tick } from '../fixtures';

function key(index: number, position_m: Vec3, yaw = 0, more: Partial<Keyframe> = {}): Keyframe {
  return { time_ns: tick(index).toString(), position_m, quat_xyzw: fromYaw(yaw), ...more };
}

function box(id: string, keyframes: readonly Keyframe[], overrides: Partial<CuboidLabel> = {}): CuboidLabel {
  return makeBox(id, { keyframes, ...overrides });
}

function around(labels: readonly Label[], overrides: Partial<LintSurroundings> = {}): LintSurroundings {
  return {
    clip: makeClip(),
    layer: LAYER,
    document: new DocumentStore(labels),
    ground: { zAt: () => 0, seenAt: () => 0 },
    points: null,
    ...overrides,
  };
}

/** All lints of a rule about the first of these labels. */
function lintsOf(
  ruleId: string,
  labels: readonly Label[],
  overrides: Partial<LintSurroundings> = {},
): readonly Lint[] {
  const rule = LINT_RULES.find(({ id }) => id === ruleId);
  const [label] = labels;
  if (rule === undefined || label === undefined) throw new Error(`there is no rule ${ruleId}`);
  return rule.check(label, around(labels, overrides));
}

/** What a rule says once the first fix of its first lint is applied. */
function afterFix(
  ruleId: string,
  labels: readonly Label[],
  overrides: Partial<LintSurroundings> = {},
): readonly Lint[] {
  const [first] = lintsOf(ruleId, labels, overrides);
  const store = new DocumentStore(labels);
  const diff: RecordsDiff | undefined = first?.fixes[0]?.diff(store);
  if (diff === undefined) throw new Error(`${ruleId} offers no fix`);
  store.apply(diff, 'user');
  const fixed = labels.flatMap((label) => store.get(label.id) ?? []);
  return fixed.length === 0 ? [] : lintsOf(ruleId, fixed, overrides);
}

describe('boxes without points', () => {
  const twoKeyed = box('a', [key(0, [20, 0, 0.75]), key(10, [30, 0, 0.75])]);
  const empty = (...at: bigint[]) => ({
    points: { count: (_: unknown, timeNs: bigint) => (at.includes(timeNs) ? 0 : 12) },
  });

  it('are found at the keyframe, which can be deleted', () => {
    const [lint] = lintsOf('no_points', [twoKeyed], empty(tick(10)));
    expect(lint).toMatchObject({ id: 'no_points:a', timeNs: tick(10), labelIds: ['a'] });
    expect(lint?.message).toBe('No points lie in the box at 1 of the 2 keyframes that were looked at.');
    expect(afterFix('no_points', [twoKeyed], empty(tick(10)))).toEqual([]);
  });

  it('that are empty at all keyframes can be deleted whole', () => {
    const [lint] = lintsOf('no_points', [twoKeyed], empty(tick(0), tick(10)));
    expect(lint?.fixes[0]?.title).toBe('Delete label');
  });

  it('are no matter where the sweep is not known, or nobody counts', () => {
    expect(lintsOf('no_points', [twoKeyed], { points: { count: () => null } })).toEqual([]);
    expect(lintsOf('no_points', [twoKeyed])).toEqual([]);
    expect(lintsOf('no_points', [twoKeyed], empty())).toEqual([]);
  });
});

describe('boxes off the ground', () => {
  it.each([
    [-0.6, 'The box is 0.6 m deep in the ground.'],
    [1.2, 'The box floats 1.2 m above the ground.'],
  ])('by %f m are found where it is worst, and put on it', (off, message) => {
    const label = box('a', [
      key(0, [20, 0, 0.75]),
      key(5, [25, 0, 0.75 + off / 2]),
      key(10, [30, 0, 0.75 + off]),
    ]);
    expect(lintsOf('off_ground', [label])).toMatchObject([{ message, timeNs: tick(10) }]);
    expect(afterFix('off_ground', [label])).toEqual([]);
  });

  it('by a little, over unknown ground, or of things on poles are let be', () => {
    const high = box('a', [key(0, [20, 0, 5])]);
    expect(lintsOf('off_ground', [box('a', [key(0, [20, 0, 1])])])).toEqual([]);
    expect(lintsOf('off_ground', [high], { ground: { zAt: () => 0, seenAt: () => null } })).toEqual([]);
    expect(lintsOf('off_ground', [{ ...high, class: 'traffic_light' }])).toEqual([]);
  });
});

describe('motion that cannot be', () => {
  it('is a jump out of the way, put right without that keyframe', () => {
    const label = box('a', [key(0, [20, 0, 0.75]), key(2, [22, 3, 0.75]), key(4, [24, 0, 0.75])]);
    expect(lintsOf('sudden_jump', [label])).toMatchObject([
      { id: `sudden_jump:a:${tick(2)}`, message: 'The box jumps 3.0 m out of its way here.' },
    ]);
    expect(afterFix('sudden_jump', [label])).toEqual([]);
  });

  it('is no jump where it brakes, or where it was gone meanwhile', () => {
    const braking = box('a', [key(0, [20, 0, 0.75]), key(5, [25, 0, 0.75]), key(10, [27.5, 0, 0.75])]);
    expect(lintsOf('sudden_jump', [braking])).toEqual([]);
    const gone = box('a', [
      key(0, [20, 0, 0.75]),
      key(2, [22, 3, 0.75], 0, { gap_after: true }),
      key(4, [24, 0, 0.75]),
    ]);
    expect(lintsOf('sudden_jump', [gone])).toEqual([]);
  });

  it('is half a turn at once, put right by flipping from there on', () => {
    const label = box('a', [key(0, [20, 0, 0.75]), key(5, [25, 0, 0.75], 3), key(10, [30, 0, 0.75], 3.1)]);
    expect(lintsOf('sudden_spin', [label])).toMatchObject([
      {
        timeNs: tick(5),
        message: 'The box turns by 172° in 0.5 s.',
        fixes: [{ title: 'Flip the heading from here on' }, {}],
      },
    ]);
    expect(afterFix('sudden_spin', [label])).toEqual([]);
  });

  it('is no spin for a person, nor for a car in a bend', () => {
    const person = box('a', [key(0, [20, 0, 0.75]), key(5, [20, 0, 0.75], 2)], { size_m: [0.6, 0.7, 1.7] });
    expect(lintsOf('sudden_spin', [person])).toEqual([]);
    expect(lintsOf('sudden_spin', [box('a', [key(0, [20, 0, 0.75]), key(10, [25, 4, 0.75], 0.7)])])).toEqual(
      [],
    );
  });

  it('is a speed that such a thing does not reach', () => {
    const person = box('a', [key(0, [20, 0, 0.9]), key(10, [40, 0, 0.9])], { size_m: [0.6, 0.7, 1.7] });
    expect(lintsOf('too_fast', [person])).toMatchObject([
      { message: 'The box goes at 72 km/h on its way to here.', timeNs: tick(10) },
    ]);
    expect(afterFix('too_fast', [person])).toEqual([]);
    expect(lintsOf('too_fast', [{ ...person, size_m: [4.5, 1.9, 1.5] }])).toEqual([]);
  });

  it('is a long way backwards, put right by flipping', () => {
    const label = box('a', [key(0, [20, 0, 0.75], Math.PI), key(10, [30, 0, 0.75], Math.PI)]);
    expect(lintsOf('against_motion', [label])).toMatchObject([
      { message: 'The box goes backwards for 10 m.', fixes: [{ title: 'Flip heading' }, {}] },
    ]);
    expect(afterFix('against_motion', [label])).toEqual([]);
  });

  it('is a long way sideways, put right by turning', () => {
    const label = box('a', [key(0, [20, 0, 0.75], 1.57), key(10, [30, 0, 0.75], 1.57)]);
    expect(lintsOf('against_motion', [label])).toMatchObject([
      { message: 'The box goes sideways for 10 m.' },
    ]);
    expect(afterFix('against_motion', [label])).toEqual([]);
  });

  it('is not backing out of a parking place', () => {
    const label = box('a', [key(0, [20, 0, 0.75], Math.PI), key(10, [24, 0, 0.75], Math.PI)]);
    expect(lintsOf('against_motion', [label])).toEqual([]);
  });
});

describe('sizes', () => {
  it('far off the class’s usual one are found, and can be made usual', () => {
    const label = makeBox('a', { size_m: [12, 2, 1.5] });
    expect(lintsOf('unusual_size', [label])).toMatchObject([
      { message: 'The box is 12.0 m long; car usually measures 4.6 m.' },
    ]);
    expect(afterFix('unusual_size', [label])).toEqual([]);
    expect(lintsOf('unusual_size', [makeBox('a')])).toEqual([]);
  });

  it('that change over time are found, and can be made one', () => {
    const label = box('a', [key(0, [20, 0, 0.75]), key(10, [30, 0, 0.75], 0, { size_m: [4.6, 2, 1.5] })]);
    expect(lintsOf('changing_size', [label])).toMatchObject([{ timeNs: tick(10) }]);
    expect(afterFix('changing_size', [label])).toEqual([]);
    const little = box('a', [key(0, [20, 0, 0.75]), key(10, [30, 0, 0.75], 0, { size_m: [4.1, 2, 1.5] })]);
    expect(lintsOf('changing_size', [little])).toEqual([]);
  });
});

describe('two boxes in one place', () => {
  const there = makeBox('a');
  const passing = box('b', [key(0, [10, 0, 0.75]), key(10, [20, 0, 0.75])]);

  it('are found where they share most, the same from either side', () => {
    const [lint] = lintsOf('overlap', [there, passing]);
    expect(lint).toMatchObject({ id: 'overlap:a+b', timeNs: tick(10) });
    const [other] = lintsOf('overlap', [passing, there]);
    expect({ ...other, fixes: [] }).toEqual({ ...lint, fixes: [] });
  });

  it('are one thing labelled twice where they are almost the same: the poorer one can go', () => {
    expect(lintsOf('overlap', [there, passing])[0]?.fixes[0]?.title).toBe(
      'Delete the one with fewer keyframes',
    );
    const store = new DocumentStore([there, passing]);
    store.apply(lintsOf('overlap', [there, passing])[0]!.fixes[0]!.diff(store), 'user');
    expect([...store.labels().keys()]).toEqual(['b']);
  });

  it('that touch, pass at other times, or stand one over the other are let be', () => {
    const beside = box('b', [key(0, [20, 1.9, 0.75])]);
    const later = { ...passing, to_ns: tick(5).toString() };
    const above = box('b', [key(0, [20, 0, 4])]);
    for (const other of [beside, later, above]) expect(lintsOf('overlap', [there, other])).toEqual([]);
  });
});

describe('a life', () => {
  it('that ends in full view of a camera is found, and can go on', () => {
    const label = makeBox('a', { to_ns: tick(4).toString() });
    expect(lintsOf('ends_in_view', [label])).toMatchObject([
      {
        id: `ends_in_view:a:${tick(4)}`,
        message: 'The label ends in full view of camera front.',
        fixes: [{ title: 'There to the clip’s end' }],
      },
    ]);
    expect(afterFix('ends_in_view', [label])).toEqual([]);
  });

  it('that begins so is found as well', () => {
    const label = makeBox('a', { from_ns: tick(4).toString() });
    expect(lintsOf('ends_in_view', [label])).toMatchObject([{ timeNs: tick(4) }]);
    expect(afterFix('ends_in_view', [label])).toEqual([]);
  });

  it('may end far off, behind, cut by the picture’s edge, or behind another box', () => {
    const ended = (x: number, y = 0) => box('a', [key(0, [x, y, 0.75])], { to_ns: tick(4).toString() });
    for (const label of [ended(60), ended(-10), ended(9, 4)]) {
      expect(lintsOf('ends_in_view', [label])).toEqual([]);
    }
    const truck = box('b', [key(0, [14, 0, 1.75])], { size_m: [4, 2.5, 3.5] });
    expect(lintsOf('ends_in_view', [ended(20), truck])).toEqual([]);
  });

  it('of a tick or less is found, and can be made the clip’s', () => {
    const short = makeBox('a', { from_ns: tick(4).toString(), to_ns: tick(4).toString() });
    expect(lintsOf('short_life', [short])).toMatchObject([
      { message: 'The label is there at one tick only.' },
    ]);
    expect(afterFix('short_life', [short])).toEqual([]);
    const none = makeBox('a', { from_ns: (tick(4) + 1n).toString(), to_ns: (tick(5) - 1n).toString() });
    expect(lintsOf('short_life', [none])).toMatchObject([
      { message: 'The label is there at no tick of the clip.' },
    ]);
    expect(lintsOf('short_life', [makeBox('a', { to_ns: tick(1).toString() })])).toEqual([]);
  });
});

describe('required attributes', () => {
  const [car, ...others] = LAYER.classes;
  const layer: OntologyLayer = {
    ...LAYER,
    classes: [
      {
        ...car!,
        attributes: [
          { name: 'state', title: 'State', type: 'select', options: ['moving', 'parked'], required: true },
          { name: 'plate', title: 'Plate', type: 'text', required: true },
        ],
      },
      ...others,
    ],
  };

  it('are errors until they are set, with a fix for each choice', () => {
    const label = makeBox('a', { attributes: {} });
    const lints = lintsOf('missing_attribute', [label], { layer });
    expect(lints.map(({ id, severity }) => [id, severity])).toEqual([
      ['missing_attribute:a:state', 'error'],
      ['missing_attribute:a:plate', 'error'],
    ]);
    expect(lints[0]?.fixes.map(({ title }) => title)).toEqual(['State: moving', 'State: parked']);
    expect(lints[1]?.fixes).toEqual([]);
    expect(afterFix('missing_attribute', [label], { layer }).map(({ id }) => id)).toEqual([
      'missing_attribute:a:plate',
    ]);
  });

  it('count from the first keyframe on, not from a later one', () => {
    const keyed = (index: number) =>
      box(
        'a',
        [0, 5].map((i) =>
          key(i, [20, 0, 0.75], 0, i === index ? { attributes: { state: 'moving', plate: 'x' } } : {}),
        ),
        {
          attributes: {},
        },
      );
    expect(lintsOf('missing_attribute', [keyed(0)], { layer })).toEqual([]);
    expect(lintsOf('missing_attribute', [keyed(5)], { layer })).toHaveLength(2);
  });
});

describe('every rule', () => {
  it('has nothing against a well labelled car', () => {
    const label = box('a', [key(0, [20, 0, 0.75]), key(10, [30, 0, 0.75])]);
    for (const { id } of LINT_RULES) expect(lintsOf(id, [label])).toEqual([]);
  });
});
