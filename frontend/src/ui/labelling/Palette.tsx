import {
  createSpotlight,
  Spotlight,
  type SpotlightActionData,
  type SpotlightActionGroupData,
} from '@mantine/spotlight';
import { useInfiniteQuery } from '@tanstack/react-query';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useLocation } from 'wouter';

import { preferences } from '../server/preferences';
import { clipsQuery } from '../server/queries';
import { GROUP_TITLES } from './HelpOverlay';
import { useLabelling, useSession } from './hooks';
import { KeyList } from './Keys';
import { goTo } from './LabelPanel';
import { labelName, shortId } from './labelNames';
import { chosen, type PaletteEntry, recentCount, searched } from './paletteSearch';
import { timeEntries } from './paletteTimes';

const [paletteStore, palette] = createSpotlight();
/** As many are offered as one would read. */
const LIMIT = 60;

const recent = preferences.section('view', { paletteRecent: [] as readonly string[] });

/** Finds every operation, label, clip, setting and time by typing. */
export function Palette() {
  const { editor } = useLabelling();
  const isOpen = useSession((session) => session.isPaletteOpen);
  useEffect(() => {
    if (isOpen) palette.open();
    else palette.close();
  }, [isOpen]);
  return isOpen ? (
    <OpenPalette />
  ) : (
    // Kept, so that it can fade away.
    <Spotlight
      store={paletteStore}
      classNames={{ root: 'palette-dialog' }}
      shortcut={null}
      actions={[]}
      onSpotlightClose={() => editor.session.set({ isPaletteOpen: false })}
    />
  );
}

function OpenPalette() {
  const { editor } = useLabelling();
  const [typed, setTyped] = useState('');
  const entries = [...useOperationEntries(), ...useLabelEntries(), ...useClipEntries()];
  const recentIds = recent.get().paletteRecent;
  const times = timeEntries(editor, typed);
  const found = searched(entries, typed, recentIds);
  const offered = [...times, ...found].slice(0, LIMIT);
  const lately = typed.trim() === '' ? recentCount(entries, recentIds) : 0;
  const actions: (SpotlightActionData | SpotlightActionGroupData)[] =
    lately === 0
      ? offered.map(actionOf)
      : [
          { group: 'Lately', actions: offered.slice(0, lately).map(actionOf) },
          { group: 'Everything', actions: offered.slice(lately).map(actionOf) },
        ];
  return (
    <Spotlight
      store={paletteStore}
      classNames={{ root: 'palette-dialog' }}
      shortcut={null}
      query={typed}
      onQueryChange={setTyped}
      attributes={{ content: { 'aria-label': 'Palette' } }}
      // Ranked already.
      filter={(_query, all) => all}
      actions={actions}
      scrollable
      maxHeight="26rem"
      overlayProps={{ backgroundOpacity: 0.4, blur: 0 }}
      highlightQuery
      nothingFound="Nothing has such a name"
      searchProps={{
        placeholder: 'Find an operation, a label, a clip; or go to a time, such as 2.4 s',
        'aria-label': 'Find an operation, a label, a clip, or a time',
        leftSection: <IconSearch size={18} stroke={1.6} />,
      }}
      onSpotlightClose={() => editor.session.set({ isPaletteOpen: false })}
    />
  );
}

function actionOf(entry: PaletteEntry): SpotlightActionData {
  return {
    id: entry.id,
    label: entry.title,
    description: entry.description,
    disabled: entry.isDisabled,
    rightSection: <KeyList keys={entry.keys} />,
    onClick: () => {
      recent.change({ paletteRecent: chosen(recent.get().paletteRecent, entry.id) });
      entry.run();
    },
  };
}

function useOperationEntries(): PaletteEntry[] {
  const { editor } = useLabelling();
  return editor.operations
    .items(editor)
    .filter((item) => item.id !== 'help.palette')
    .map((item) => ({
      id: item.id,
      title: item.title,
      description: item.disabledReason ?? GROUP_TITLES[item.group],
      words: GROUP_TITLES[item.group],
      keys: item.keys,
      isDisabled: item.disabledReason !== null,
      run: () => {
        editor.run(item.id);
      },
    }));
}

function useLabelEntries(): PaletteEntry[] {
  const labelling = useLabelling();
  const { editor, titleOf } = labelling;
  return [...editor.document.labels().values()].map((label) => ({
    id: `label ${label.id}`,
    title: labelName(label, titleOf),
    description: `Label ${shortId(label.id)}: select it and go there`,
    words: label.id,
    keys: [],
    isDisabled: false,
    run: () => goTo(labelling, label),
  }));
}

/** The clips that the list of clips has shown, or its first page. */
function useClipEntries(): PaletteEntry[] {
  const { editor } = useLabelling();
  const { id, project } = editor.clip.manifest;
  const [, navigate] = useLocation();
  const { data } = useInfiniteQuery(clipsQuery(project.slug));
  return (data?.pages ?? [])
    .flatMap((page) => page.results)
    .filter((clip) => clip.id !== id)
    .map((clip) => ({
      id: `clip ${clip.id}`,
      title: clip.name,
      description: 'Clip: open it',
      words: 'open clip',
      keys: [],
      isDisabled: false,
      run: () => navigate(`/projects/${project.slug}/clips/${clip.id}`),
    }));
}
