import { Alert, Button, Group, Stack, TextInput, Title } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import { useState } from 'react';

import { sentenceOf } from '../server/errors';
import { useSendCode } from '../server/queries';
import { Brand } from '../shell/Brand';

/** After the password, or the provider's word: the code of one's app, or a recovery code. */
export function CodePage({ onBack }: { readonly onBack: () => void }) {
  const send = useSendCode();
  const [code, setCode] = useState('');
  return (
    <main className="login">
      <form
        className="login-card"
        onSubmit={(event) => {
          event.preventDefault();
          if (code.trim() !== '') send.mutate(code);
        }}
      >
        <Stack gap="md">
          <Group gap="sm">
            <Brand size={28} />
            <Title order={1} size="h3">
              labelapp
            </Title>
          </Group>
          <TextInput
            label="Code"
            description="The six digits that your app shows now, or a recovery code"
            name="code"
            autoComplete="one-time-code"
            inputMode="numeric"
            autoFocus
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
            data-testid="login-code"
          />
          {send.isError ? (
            <Alert color="red" icon={<IconAlertCircle size={18} />} role="alert" data-testid="login-error">
              {sentenceOf(send.error)}
            </Alert>
          ) : null}
          <Group grow>
            <Button variant="default" onClick={onBack}>
              Back
            </Button>
            <Button type="submit" loading={send.isPending} disabled={code.trim() === ''}>
              Log in
            </Button>
          </Group>
        </Stack>
      </form>
    </main>
  );
}
