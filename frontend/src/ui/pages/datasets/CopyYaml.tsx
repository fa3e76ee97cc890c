import { Button, CopyButton, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';

import { yamlOf } from './yamlOf';

/** Puts into the clipboard what the command line takes for the same version. */
export function CopyYaml({ document }: { readonly document: Readonly<Record<string, unknown>> }) {
  const kept = Object.fromEntries(
    Object.entries(document).filter(([, value]) => value !== null && value !== ''),
  );
  return (
    <CopyButton value={yamlOf(kept)}>
      {({ copied, copy }) => (
        <Tooltip label="For: manage.py dataset freeze NAME --from FILE.yaml">
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
            onClick={copy}
          >
            {copied ? 'Copied' : 'Copy as YAML'}
          </Button>
        </Tooltip>
      )}
    </CopyButton>
  );
}
