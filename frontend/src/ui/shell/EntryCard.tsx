import { Alert, Group, Stack, Title } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';

import { sentenceOf } from '../server/errors';
import { Brand } from './Brand';

/** The card that one comes in by: one form in the middle of an empty page. */
export function EntryCard({
  onSubmit,
  children,
}: {
  readonly onSubmit: () => void;
  readonly children: ReactNode;
}) {
  return (
    <main className="login">
      <form
        className="login-card"
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        <Stack gap="md">
          <Group gap="sm">
            <Brand size={28} />
            <Title order={1} size="h3">
              labelapp
            </Title>
          </Group>
          {children}
        </Stack>
      </form>
    </main>
  );
}

/** Why one was not let in; null: nothing went wrong. */
export function EntryError({ error }: { readonly error: unknown }) {
  if (error === null) return null;
  return (
    <Alert color="red" icon={<IconAlertCircle size={18} />} role="alert" data-testid="login-error">
      {sentenceOf(error)}
    </Alert>
  );
}
