import { createTheme, rem, type MantineColorsTuple } from '@mantine/core';

/** The one accent: a clear blue; its 4 stands on the dark panels, its 6 on white. */
const accent: MantineColorsTuple = [
  '#e8f2ff',
  '#d0e3ff',
  '#a1c6fb',
  '#6fa8f7',
  '#4c9aff',
  '#2f86f0',
  '#1f6fd6',
  '#155bb5',
  '#0d4994',
  '#073a78',
];

/** Text, dim text, lines, panels and background of the dark theme; every step is neutral. */
const dark: MantineColorsTuple = [
  '#d7dbe2',
  '#b6bcc7',
  '#8b93a1',
  '#69717f',
  '#3a404a',
  '#2c3038',
  '#1e2126',
  '#16181c',
  '#111317',
  '#0b0d10',
];

export const theme = createTheme({
  primaryColor: 'accent',
  primaryShade: { light: 6, dark: 6 },
  colors: { accent, dark },
  fontFamily:
    'ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, "Noto Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", "Roboto Mono", Menlo, Consolas, monospace',
  defaultRadius: 4,
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  // All in rem: everything follows the scale that a person has chosen.
  fontSizes: { xs: rem(12), sm: rem(13), md: rem(14), lg: rem(16), xl: rem(20) },
  spacing: { xs: rem(4), sm: rem(8), md: rem(12), lg: rem(16), xl: rem(24) },
  headings: { fontWeight: '600' },
  components: {
    Tooltip: {
      defaultProps: {
        openDelay: 350,
        withArrow: false,
        fz: 12,
        multiline: true,
        maw: 320,
        transitionProps: { duration: 120 },
      },
    },
    Modal: {
      defaultProps: {
        closeButtonProps: { 'aria-label': 'Close' },
        transitionProps: { duration: 140 },
        overlayProps: { backgroundOpacity: 0.5 },
      },
    },
    Popover: { defaultProps: { transitionProps: { duration: 120 } } },
  },
});
