import { Alert, Button, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';

import { desk } from '../server/desk';
import { sentenceOf } from '../server/errors';
import { openidQuery } from '../server/openid';
import { sessionQuery } from '../server/queries';
import { Brand } from '../shell/Brand';
import { Loading } from '../shell/Loading';
import { CodePage } from './CodePage';
import { OpenidLogin } from './OpenidLogin';

/** Where an invitation leads: its text stands behind the #, so that no server's log has it. */
export function JoinPage() {
  const [text] = useState(() => window.location.hash.slice(1));
  const queries = useQueryClient();
  const [, go] = useLocation();
  const session = useQuery(sessionQuery);
  const shown = useQuery({
    queryKey: ['invitation', text],
    queryFn: () => desk.lookAtInvitation(text),
    // The session's answer sets the token that this question needs.
    enabled: session.isSuccess,
    retry: false,
    staleTime: Infinity,
  });
  const [username, setUsername] = useState('');
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const user = session.data ?? null;
  const openid = useQuery(openidQuery);
  const [isBack, setIsBack] = useState(false);
  const accept = useMutation({
    mutationFn: () =>
      desk.acceptInvitation(text, user === null ? { username, display_name: name, password } : null),
    onSuccess: async () => {
      await queries.resetQueries();
      go(`/projects/${shown.data?.project ?? ''}`, { replace: true });
    },
  });
  if (user === null && openid.data?.needs_code === true && !isBack)
    return <CodePage onBack={() => setIsBack(true)} />;
  if (session.isPending || (session.isSuccess && shown.isPending)) return <Loading what="the invitation" />;
  return (
    <main className="login">
      <div className="login-card" data-testid="join">
        <Stack gap="md">
          <Brand />
          {shown.data === undefined ? (
            <>
              <Title order={1} size="h4">
                This link lets nobody in
              </Title>
              <Text size="sm">{sentenceOf(shown.error ?? session.error)}</Text>
            </>
          ) : (
            <form
              onSubmit={(event) => {
                event.preventDefault();
                accept.mutate();
              }}
            >
              <Stack gap="sm">
                <Title order={1} size="h4">
                  Join {shown.data.project_name}
                </Title>
                <Text size="sm" c="dimmed">
                  You are invited as {shown.data.role}.
                  {user === null ? '' : ` You join as ${user.display_name}.`}
                </Text>
                {user === null ? (
                  <>
                    <TextInput
                      label="User name"
                      required
                      autoComplete="username"
                      value={username}
                      onChange={(event) => setUsername(event.currentTarget.value)}
                    />
                    <TextInput
                      label="Name that others see"
                      autoComplete="name"
                      value={name}
                      onChange={(event) => setName(event.currentTarget.value)}
                    />
                    <PasswordInput
                      label="Password, 10 characters or more"
                      required
                      autoComplete="new-password"
                      value={password}
                      onChange={(event) => setPassword(event.currentTarget.value)}
                    />
                  </>
                ) : null}
                {accept.isError ? (
                  <Alert color="red" role="alert">
                    {sentenceOf(accept.error)}
                  </Alert>
                ) : null}
                <Button type="submit" loading={accept.isPending} data-testid="join-send">
                  Join
                </Button>
                {user === null ? <OpenidLogin /> : null}
              </Stack>
            </form>
          )}
        </Stack>
      </div>
    </main>
  );
}
