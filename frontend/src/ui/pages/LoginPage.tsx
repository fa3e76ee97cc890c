import { Alert, Button, Group, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import { useState } from 'react';

import { sentenceOf } from '../server/errors';
import { useLogin, useSendCode } from '../server/queries';
import { Brand } from '../shell/Brand';

/** Name and password. It stands in for any page, so that one comes out where one wanted to go. */
export function LoginPage() {
  const login = useLogin();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  if (login.isSuccess && login.data === null) return <CodePage onBack={() => login.reset()} />;
  const isComplete = username.trim() !== '' && password !== '';
  return (
    <main className="login">
      <form
        className="login-card"
        onSubmit={(event) => {
          event.preventDefault();
          if (isComplete) login.mutate({ username: username.trim(), password });
        }}
      >
        <Stack gap="md">
          <Group gap="sm">
            <Brand size={28} />
            <Title order={1} size="h3">
              labelapp
            </Title>
          </Group>
          <Text size="sm" c="dimmed">
            Label once in vector space; train everywhere.
          </Text>
          <TextInput
            label="User name"
            name="username"
            autoComplete="username"
            autoFocus
            value={username}
            onChange={(event) => setUsername(event.currentTarget.value)}
            data-testid="login-username"
          />
          <PasswordInput
            label="Password"
            name="password"
            autoComplete="current-password"
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            data-testid="login-password"
          />
          {login.isError ? (
            <Alert color="red" icon={<IconAlertCircle size={18} />} role="alert" data-testid="login-error">
              {sentenceOf(login.error)}
            </Alert>
          ) : null}
          <Button type="submit" loading={login.isPending} disabled={!isComplete} data-testid="login-submit">
            Log in
          </Button>
        </Stack>
      </form>
    </main>
  );
}

/** After the password: the code of one's app, or a recovery code. */
function CodePage({ onBack }: { readonly onBack: () => void }) {
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
