import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import '@mantine/spotlight/styles.css';
import './ui/theme.css';
// Here and not where it is used: in a part that several lazy pages share it would come before Mantine's.
import './ui/shell/shell.css';

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { App } from './ui/App';
import { askForClipOf } from './ui/labelling/clipContents';
import { keepPreferences } from './ui/server/preferences';

keepPreferences();
askForClipOf(window.location);

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no element #root');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
