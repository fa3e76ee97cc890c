import {
  Button,
  Checkbox,
  Code,
  Group,
  NumberInput,
  Paper,
  PasswordInput,
  Stack,
  Table,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { Scope } from '../../../api/trustApi';
import { ShownOnce } from '../../controls/ShownOnce';
import { formatMoment } from '../../format';
import { sentenceOf } from '../../server/errors';
import { tokensQuery, trustApi } from '../../server/trust';
import { PageShell } from '../../shell/PageShell';
import { SecondFactorPanel } from './SecondFactorPanel';

const SCOPES: readonly (readonly [Scope, string])[] = [
  ['read', 'see what you see'],
  ['label', 'get tasks and save labels'],
  ['import', 'bring in clips and labels'],
  ['export', 'make data sets and exports'],
  ['manage', 'change tasks, workflows, people'],
];

/** One's own password and API tokens. */
export function AccountPage() {
  return (
    <PageShell>
      <Stack gap="xl" maw={900} mx="auto">
        <Title order={1} size="h3">
          Your account
        </Title>
        <PasswordPanel />
        <SecondFactorPanel />
        <TokenPanel />
      </Stack>
    </PageShell>
  );
}

function PasswordPanel() {
  const [old, setOld] = useState('');
  const [next, setNext] = useState('');
  const change = useMutation({
    mutationFn: () => trustApi.changePassword(old, next),
    onSuccess: () => {
      setOld('');
      setNext('');
    },
  });
  return (
    <Paper withBorder p="md" radius={6} component="section" aria-label="Password">
      <Title order={2} size="h4" mb="sm">
        Password
      </Title>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate();
        }}
      >
        <Group align="flex-end">
          <PasswordInput
            label="Your password"
            autoComplete="current-password"
            value={old}
            onChange={(event) => setOld(event.currentTarget.value)}
            w={240}
          />
          <PasswordInput
            label="The new one, 10 characters or more"
            autoComplete="new-password"
            value={next}
            onChange={(event) => setNext(event.currentTarget.value)}
            w={280}
          />
          <Button type="submit" loading={change.isPending} disabled={next === ''}>
            Change
          </Button>
        </Group>
      </form>
      {change.isError ? (
        <Text size="sm" c="red" mt="sm" role="alert">
          {sentenceOf(change.error)}
        </Text>
      ) : null}
      {change.isSuccess ? (
        <Text size="sm" mt="sm" role="status">
          Changed; your other sessions have ended.
        </Text>
      ) : null}
    </Paper>
  );
}

function TokenPanel() {
  const queries = useQueryClient();
  const tokens = useQuery(tokensQuery);
  const [name, setName] = useState('');
  const [days, setDays] = useState(90);
  const [scopes, setScopes] = useState<readonly Scope[]>(['read']);
  const refresh = () => queries.invalidateQueries({ queryKey: tokensQuery.queryKey });
  const create = useMutation({
    mutationFn: () => trustApi.createToken(name, [...scopes], days),
    onSuccess: refresh,
  });
  const revoke = useMutation({
    mutationFn: (tokenId: string) => trustApi.revokeToken(tokenId),
    onSuccess: refresh,
  });
  return (
    <Paper withBorder p="md" radius={6} component="section" aria-label="API tokens">
      <Title order={2} size="h4">
        API tokens
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        Programs act in your name with a token, as far as its scopes go: Authorization: Bearer.
      </Text>
      <Stack gap="sm">
        <Group align="flex-end">
          <TextInput
            label="What it is for"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            w={260}
          />
          <NumberInput
            label="Days"
            min={1}
            max={730}
            value={days}
            onChange={(value) => setDays(Number(value))}
            w={100}
          />
          <Button
            onClick={() => create.mutate()}
            loading={create.isPending}
            disabled={name.trim() === '' || scopes.length === 0}
          >
            Make a token
          </Button>
        </Group>
        <Group gap="md">
          {SCOPES.map(([scope, meaning]) => (
            <Checkbox
              key={scope}
              label={`${scope}: ${meaning}`}
              checked={scopes.includes(scope)}
              onChange={(event) =>
                setScopes(
                  event.currentTarget.checked ? [...scopes, scope] : scopes.filter((one) => one !== scope),
                )
              }
            />
          ))}
        </Group>
        {create.isError ? (
          <Text size="sm" c="red" role="alert">
            {sentenceOf(create.error)}
          </Text>
        ) : null}
        {create.isSuccess ? (
          <ShownOnce title="Copy it now: it is not shown again" value={create.data} testId="new-token" />
        ) : null}
        {tokens.data === undefined || tokens.data.length === 0 ? null : (
          <Table data-testid="tokens">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Token</Table.Th>
                <Table.Th>Scopes</Table.Th>
                <Table.Th>Ends</Table.Th>
                <Table.Th>Last used</Table.Th>
                <Table.Th aria-label="What can be done" />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {tokens.data.map((token) => (
                <Table.Tr key={token.id}>
                  <Table.Td>
                    {token.name} <Code>{token.prefix}…</Code>
                  </Table.Td>
                  <Table.Td>{token.scopes.join(', ')}</Table.Td>
                  <Table.Td>{formatMoment(token.expires_at)}</Table.Td>
                  <Table.Td>
                    {token.last_used_at === null || token.last_used_at === undefined
                      ? 'never'
                      : formatMoment(token.last_used_at)}
                  </Table.Td>
                  <Table.Td ta="right">
                    <Button size="compact-sm" variant="default" onClick={() => revoke.mutate(token.id)}>
                      Revoke
                    </Button>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )}
      </Stack>
    </Paper>
  );
}
