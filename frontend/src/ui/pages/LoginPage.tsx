import { Alert, Button, Group, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { sentenceOf } from '../server/errors';
import { openidQuery } from '../server/openid';
import { useLogin } from '../server/queries';
import { Brand } from '../shell/Brand';
import { CodePage } from './CodePage';
import { OpenidLogin } from './OpenidLogin';

/** Name and password, or a provider's word. It stands in for any page, so that one comes out where one wanted to go. */
export function LoginPage() {
  const login = useLogin();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const openid = useQuery(openidQuery);
  const [isBack, setIsBack] = useState(false);
  if (openid.data?.needs_code === true && !isBack) return <CodePage onBack={() => setIsBack(true)} />;
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
          <OpenidLogin />
        </Stack>
      </form>
    </main>
  );
}
