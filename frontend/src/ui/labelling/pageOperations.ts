import { operation, type Operation } from '../../core/operations/operation';
import { isSettingsOpen, lookSection, SCALES, uiScale } from '../look/look';
import type { Labelling } from './labelling';
import { startTour } from './tour';

/** What one does with the page itself: its colours, its size, its help. */
export function pageOperations(labelling: Labelling): Operation[] {
  const size = (step: 1 | -1): number | undefined => {
    const now = uiScale.get();
    const further = SCALES.filter((scale) => (step > 0 ? scale > now : scale < now));
    return step > 0 ? further[0] : further.at(-1);
  };
  const resize = (step: 1 | -1): void => {
    const scale = size(step);
    if (scale !== undefined) lookSection.change({ scale });
  };
  return [
    operation({
      id: 'help.tour',
      title: 'Tour of the screen',
      group: 'help',
      keys: ['F1'],
      run: () => startTour(labelling),
    }),
    operation({
      id: 'help.settings',
      title: 'Settings: colours and size',
      group: 'help',
      keys: ['ctrl+,'],
      run: () => isSettingsOpen.set(true),
    }),
    operation({
      id: 'view.colours',
      title: 'Dark or light screen',
      group: 'view',
      keys: ['ctrl+shift+l'],
      run: () => {
        const isLight = document.documentElement.getAttribute('data-mantine-color-scheme') === 'light';
        lookSection.change({ tool: isLight ? 'dark' : 'light' });
      },
    }),
    operation({
      id: 'view.larger',
      title: 'Everything larger',
      group: 'view',
      keys: ['ctrl+alt+='],
      disabledReason: () => (size(1) === undefined ? 'This is the largest size.' : null),
      run: () => resize(1),
    }),
    operation({
      id: 'view.smaller',
      title: 'Everything smaller',
      group: 'view',
      keys: ['ctrl+alt+-'],
      disabledReason: () => (size(-1) === undefined ? 'This is the smallest size.' : null),
      run: () => resize(-1),
    }),
  ];
}
