import { useColorScheme } from '@mantine/hooks';
import { useLayoutEffect, useMemo } from 'react';

import { pageStorage } from '../server/pageStorage';
import { preferences, usePreference } from '../server/preferences';
import { applyLook, colorsOf, lookSection, rememberedLook, uiScale } from './look';

/** Applies the look that holds now; returns the colours for the pages or for the tool. */
export function useColors(isTool: boolean): 'dark' | 'light' {
  const kept = usePreference(lookSection);
  const user = usePreference(preferences.user);
  const look = useMemo(() => (user === null ? rememberedLook(pageStorage) : kept), [user, kept]);
  const system = useColorScheme(undefined, { getInitialValueInEffect: false });
  useLayoutEffect(() => applyLook(look, pageStorage), [look]);
  return colorsOf(isTool ? look.tool : look.pages, system);
}

/** The scale of the interface, for sizes that are reckoned in pixels. */
export function useUiScale(): number {
  return usePreference(uiScale);
}
