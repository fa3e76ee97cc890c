import type { WorkDay } from '../../../api/deskApi';

export interface Series {
  readonly days: readonly number[];
  readonly submitted: readonly number[];
  readonly accepted: readonly number[];
  readonly labelling_h: readonly number[];
  readonly reviewing_h: readonly number[];
  /** Of all looks that day, percent that sent work back; null: nobody looked. */
  readonly sentBack_percent: readonly (number | null)[];
  /** Null: nothing was submitted, or nobody counted. */
  readonly actionsPerLabel: readonly (number | null)[];
}

/** Days as plots want them: a list for each thing. */
export function seriesOf(days: readonly WorkDay[]): Series {
  return {
    days: days.map(({ day }) => Date.parse(`${day}T00:00:00Z`) / 1000),
    submitted: days.map(({ submitted }) => submitted),
    accepted: days.map(({ accepted }) => accepted),
    labelling_h: days.map(({ labelling_h }) => labelling_h),
    reviewing_h: days.map(({ reviewing_h }) => reviewing_h),
    sentBack_percent: days.map(({ accepted, sent_back }) =>
      accepted + sent_back === 0 ? null : (100 * sent_back) / (accepted + sent_back),
    ),
    actionsPerLabel: days.map(({ actions, labels }) => (labels === 0 ? null : actions / labels)),
  };
}

/** The whole time in few numbers. */
export function totalsOf(days: readonly WorkDay[]): {
  readonly accepted: number;
  readonly hours: number;
  readonly sentBackShare: number | null;
  readonly actionsPerLabel: number | null;
} {
  const sum = (of: (day: WorkDay) => number): number => days.reduce((total, day) => total + of(day), 0);
  const accepted = sum((day) => day.accepted);
  const sentBack = sum((day) => day.sent_back);
  const labels = sum((day) => day.labels);
  return {
    accepted,
    hours: sum((day) => day.labelling_h + day.reviewing_h),
    sentBackShare: accepted + sentBack === 0 ? null : sentBack / (accepted + sentBack),
    actionsPerLabel: labels === 0 ? null : sum((day) => day.actions) / labels,
  };
}
