import type { LintRule } from './lint';
import { AGAINST_MOTION } from './rules/againstMotion';
import { CHANGING_SIZE } from './rules/changingSize';
import { ENDS_IN_VIEW } from './rules/endsInView';
import { MISSING_ATTRIBUTE } from './rules/missingAttribute';
import { NO_POINTS } from './rules/noPoints';
import { OFF_GROUND } from './rules/offGround';
import { OVERLAP } from './rules/overlap';
import { SHORT_LIFE } from './rules/shortLife';
import { SUDDEN_JUMP } from './rules/suddenJump';
import { SUDDEN_SPIN } from './rules/suddenSpin';
import { TOO_FAST } from './rules/tooFast';
import { UNUSUAL_SIZE } from './rules/unusualSize';

/** Every rule. A new one is a file and a line here. */
export const LINT_RULES: readonly LintRule[] = [
  MISSING_ATTRIBUTE,
  NO_POINTS,
  OFF_GROUND,
  SUDDEN_JUMP,
  SUDDEN_SPIN,
  TOO_FAST,
  UNUSUAL_SIZE,
  CHANGING_SIZE,
  OVERLAP,
  ENDS_IN_VIEW,
  AGAINST_MOTION,
  SHORT_LIFE,
];
