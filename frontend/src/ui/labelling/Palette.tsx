import { createSpotlight, Spotlight, type SpotlightActionData } from '@mantine/spotlight';
import { IconSearch } from '@tabler/icons-react';
import { useEffect } from 'react';

import { GROUP_TITLES } from './HelpOverlay';
import { useLabelling, useSession } from './hooks';
import { goTo } from './LabelPanel';
import { labelName, shortId } from './labelNames';

const [paletteStore, palette] = createSpotlight();
/** Of many labels only as many are offered as one would read. */
const LIMIT = 60;

/** Finds every operation and label by typing. */
export function Palette() {
  const labelling = useLabelling();
  const { editor, titleOf } = labelling;
  const isOpen = useSession((session) => session.isPaletteOpen);
  useEffect(() => {
    if (isOpen) palette.open();
    else palette.close();
  }, [isOpen]);
  return (
    <Spotlight
      store={paletteStore}
      shortcut={null}
      actions={isOpen ? [...operationActions(), ...labelActions()] : []}
      limit={LIMIT}
      scrollable
      maxHeight={420}
      overlayProps={{ backgroundOpacity: 0.4, blur: 0 }}
      highlightQuery
      nothingFound="Nothing has such a name"
      searchProps={{
        placeholder: 'Find an operation or a label',
        leftSection: <IconSearch size={18} stroke={1.6} />,
      }}
      onSpotlightClose={() => editor.session.set({ isPaletteOpen: false })}
    />
  );

  function operationActions(): SpotlightActionData[] {
    return editor.operations
      .items(editor)
      .filter((item) => item.id !== 'help.palette')
      .map((item) => ({
        id: item.id,
        label: item.title,
        description: item.disabledReason ?? GROUP_TITLES[item.group],
        disabled: item.disabledReason !== null,
        rightSection: item.keys.map((key) => (
          <kbd key={key} className="key">
            {key}
          </kbd>
        )),
        onClick: () => editor.run(item.id),
      }));
  }

  function labelActions(): SpotlightActionData[] {
    return [...editor.document.labels().values()].map((label) => ({
      id: `label ${label.id}`,
      label: labelName(label, titleOf),
      description: `Label ${shortId(label.id)}: select it and go there`,
      onClick: () => goTo(labelling, label),
    }));
  }
}
