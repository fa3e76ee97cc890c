import { Value } from '../../core/observable';
import { preferences } from '../server/preferences';
import type { Labelling } from './labelling';

export interface TourStep {
  readonly title: string;
  readonly words: string;
  /** What it is about; the first that is on the screen is pointed at. */
  readonly selectors: readonly string[];
  /** Operations whose keys are shown. */
  readonly operations: readonly string[];
}

export const TOUR: readonly TourStep[] = [
  {
    title: 'The world is the canvas',
    words:
      'You label the world, not the pictures. Drag to turn, drag with the right button to pan, turn the wheel to come closer to the pointer.',
    selectors: ['[data-testid="view-world"]'],
    operations: ['view.top', 'view.ego'],
  },
  {
    title: 'One click, one box',
    words:
      'Take the box tool and click on the points of an object: a box of the usual size is there at once and fits itself to the points.',
    selectors: ['[data-testid="operation-tool.box"]'],
    operations: ['tool.box', 'tool.select'],
  },
  {
    title: 'Make it exact',
    words:
      'These views follow the selected box from the top, the side and the front. Pull a side or a corner; the knob at the front turns it.',
    selectors: ['[data-testid="view-top"]', '.stage-small'],
    operations: ['view.focus', 'view.orthos'],
  },
  {
    title: 'Seen by every camera',
    words:
      'Each picture shows the box at its own time, through its own lens. The best camera for the selection is on top; any of them goes large, and can be worked in.',
    selectors: ['.cameras'],
    operations: ['view.large_camera'],
  },
  {
    title: 'Things move',
    words:
      'Go to another time and move the box: that makes a keyframe, and between keyframes the box moves along. Scrub and zoom here; play at real speed.',
    selectors: ['.timeline'],
    operations: ['time.next', 'time.play'],
  },
  {
    title: 'It is saved, and everything has a key',
    words:
      'Every change is kept at once; this corner says where it is. The palette finds every operation, label and time; help shows all keys, which you can change.',
    selectors: ['[data-testid="save-state"]'],
    operations: ['edit.undo', 'help.palette', 'help.keys'],
  },
];

/** The section `tour`: whether the introduction was seen, to the end or not. */
export const tourSection = preferences.section('tour', { isSeen: false, step: 0 });

/** The step on the screen; null: none. */
export const tourStep = new Value<number | null>(null);

export function startTour({ editor }: Pick<Labelling, 'editor'>): void {
  editor.session.set({ isHelpOpen: false, isPaletteOpen: false });
  tourStep.set(0);
}

/** Goes to a step; beyond the last one it is over. */
export function goToStep(step: number): void {
  if (step >= TOUR.length) {
    endTour();
    return;
  }
  tourStep.set(Math.max(0, step));
  tourSection.change({ step });
}

/** Ends it, seen or skipped: it does not come by itself again. */
export function endTour(): void {
  tourStep.set(null);
  tourSection.change({ isSeen: true });
}
