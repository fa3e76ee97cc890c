import { Button } from '@mantine/core';
import { IconMapPinOff } from '@tabler/icons-react';
import { Link } from 'wouter';

import { Notice } from '../shell/Notice';
import { PageShell } from '../shell/PageShell';

export function NotFoundPage() {
  return (
    <PageShell>
      <Notice
        icon={<IconMapPinOff size={32} stroke={1.5} />}
        title="There is nothing at this address"
        action={
          <Button component={Link} href="/">
            To the projects
          </Button>
        }
      >
        It may have been moved, or you may not have the right to see it.
      </Notice>
    </PageShell>
  );
}
