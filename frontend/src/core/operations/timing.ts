import { isCuboid } from '../document/label';
import { nearestIndex, type ClipCamera } from '../clip/clip';
import type { EditorContext } from '../editor/context';
import { trackOf } from '../geometry/track';
import { operation, type Operation } from './operation';
import { needsOneBox } from './requirements';

/** How fast time plays; 1 is real speed. */
export const PLAYBACK_RATES: readonly number[] = [0.1, 0.25, 0.5, 1, 2, 4];

/** Going about in time. */
export const TIMING: readonly Operation[] = [
  operation({
    id: 'time.play',
    title: 'Play or pause',
    group: 'time',
    keys: ['Space'],
    run: ({ session, clip }) => {
      const { isPlaying, timeNs } = session.get();
      const isAtEnd = timeNs >= (clip.ticksNs.at(-1) ?? clip.endNs);
      session.set({
        isPlaying: !isPlaying,
        ...(isAtEnd && !isPlaying ? { timeNs: clip.ticksNs[0] ?? clip.startNs } : {}),
      });
    },
  }),
  stepImage('time.next_image', 'Next image of the large camera', 'ctrl+ArrowRight', 1),
  stepImage('time.previous_image', 'Previous image of the large camera', 'ctrl+ArrowLeft', -1),
  changeRate('time.faster', 'Play faster', 'alt+ArrowUp', 1),
  changeRate('time.slower', 'Play slower', 'alt+ArrowDown', -1),
  stepBy('time.next', 'Next tick', ['ArrowRight'], 1),
  stepBy('time.previous', 'Previous tick', ['ArrowLeft'], -1),
  stepBy('time.next_10', 'Ten ticks on', ['shift+ArrowRight'], 10),
  stepBy('time.previous_10', 'Ten ticks back', ['shift+ArrowLeft'], -10),
  operation({
    id: 'time.first',
    title: 'First tick',
    group: 'time',
    keys: ['Home'],
    run: (context) => goTo(context, context.clip.ticksNs[0]),
  }),
  operation({
    id: 'time.last',
    title: 'Last tick',
    group: 'time',
    keys: ['End'],
    run: (context) => goTo(context, context.clip.ticksNs.at(-1)),
  }),
  operation({
    id: 'time.next_keyframe',
    title: 'Next keyframe',
    group: 'time',
    keys: ['.'],
    repeats: true,
    disabledReason: needsOneBox,
    run: (context) => {
      const { timeNs } = context.session.get();
      goTo(
        context,
        keyframeTimes(context).find((time) => time > timeNs),
      );
    },
  }),
  operation({
    id: 'time.previous_keyframe',
    title: 'Previous keyframe',
    group: 'time',
    keys: [','],
    repeats: true,
    disabledReason: needsOneBox,
    run: (context) => {
      const { timeNs } = context.session.get();
      goTo(
        context,
        keyframeTimes(context).findLast((time) => time < timeNs),
      );
    },
  }),
];

/** Steps from tick to tick: also from between two ticks, where playing was stopped. */
function stepBy(id: string, title: string, keys: readonly string[], ticks: number): Operation {
  return operation({
    id,
    title,
    group: 'time',
    keys,
    repeats: true,
    run: (context) => {
      const { ticksNs } = context.clip;
      const { timeNs } = context.session.get();
      const nearest = nearestIndex(ticksNs, timeNs);
      if (nearest === null) return;
      const nearestNs = ticksNs[nearest] ?? timeNs;
      const isBehind = ticks > 0 ? nearestNs > timeNs : nearestNs < timeNs;
      const index = nearest + (isBehind ? ticks - Math.sign(ticks) : ticks);
      goTo(context, ticksNs[Math.min(Math.max(index, 0), ticksNs.length - 1)]);
    },
  });
}

/** From picture to picture of the camera that is large, of the first one where none is. */
function stepImage(id: string, title: string, key: string, by: 1 | -1): Operation {
  return operation({
    id,
    title,
    group: 'time',
    keys: [key],
    repeats: true,
    disabledReason: (context) => (largeCamera(context) === undefined ? 'This clip has no cameras.' : null),
    run: (context) => {
      const { timeNs } = context.session.get();
      const times = largeCamera(context)?.timesNs ?? new BigInt64Array();
      const next = by > 0 ? times.find((time) => time > timeNs) : times.findLast((time) => time < timeNs);
      goTo(context, next);
    },
  });
}

function largeCamera({ clip, session }: EditorContext): ClipCamera | undefined {
  const { largeViewId } = session.get();
  return clip.cameras.find(({ name }) => `camera:${name}` === largeViewId) ?? clip.cameras[0];
}

function changeRate(id: string, title: string, key: string, by: 1 | -1): Operation {
  const next = (rate: number): number | undefined =>
    by > 0 ? PLAYBACK_RATES.find((one) => one > rate) : PLAYBACK_RATES.findLast((one) => one < rate);
  return operation({
    id,
    title,
    group: 'time',
    keys: [key],
    repeats: true,
    disabledReason: ({ session }) =>
      next(session.get().playbackRate) === undefined
        ? `It does not go ${by > 0 ? 'faster' : 'slower'}.`
        : null,
    run: ({ session }) => {
      const playbackRate = next(session.get().playbackRate);
      if (playbackRate !== undefined) session.set({ playbackRate });
    },
  });
}

function goTo(context: EditorContext, timeNs: bigint | undefined): void {
  if (timeNs !== undefined) context.session.set({ timeNs, isPlaying: false });
}

function keyframeTimes(context: EditorContext): readonly bigint[] {
  const label = context.selectedLabel();
  return isCuboid(label) ? trackOf(label).timesNs : [];
}
