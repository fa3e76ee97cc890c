import { Button, PasswordInput, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { openidQuery } from '../server/openid';
import { useLogin } from '../server/queries';
import { EntryCard, EntryError } from '../shell/EntryCard';
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
    <EntryCard
      onSubmit={() => {
        if (isComplete) login.mutate({ username: username.trim(), password });
      }}
    >
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
      <EntryError error={login.error} />
      <Button type="submit" loading={login.isPending} disabled={!isComplete} data-testid="login-submit">
        Log in
      </Button>
      <OpenidLogin />
    </EntryCard>
  );
}
