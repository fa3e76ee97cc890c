import { Button, Group, TextInput } from '@mantine/core';
import { useState } from 'react';

import { useSendCode } from '../server/queries';
import { EntryCard, EntryError } from '../shell/EntryCard';

/** After the password, or the provider's word: the code of one's app, or a recovery code. */
export function CodePage({ onBack }: { readonly onBack: () => void }) {
  const send = useSendCode();
  const [code, setCode] = useState('');
  return (
    <EntryCard
      onSubmit={() => {
        if (code.trim() !== '') send.mutate(code);
      }}
    >
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
      <EntryError error={send.error} />
      <Group grow>
        <Button variant="default" onClick={onBack}>
          Back
        </Button>
        <Button type="submit" loading={send.isPending} disabled={code.trim() === ''}>
          Log in
        </Button>
      </Group>
    </EntryCard>
  );
}
