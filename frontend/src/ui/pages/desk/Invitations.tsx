import {
  Button,
  Group,
  NumberInput,
  Paper,
  Select,
  Stack,
  Table,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { Role } from '../../../api/deskApi';
import { ShownOnce } from '../../controls/ShownOnce';
import { formatMoment } from '../../format';
import { desk, invitationsQuery, peopleQuery } from '../../server/desk';
import { sentenceOf } from '../../server/errors';
import { ROLES } from './roles';

/** Ways in: a link for somebody new, or the name of somebody who has an account. */
export function Invitations({ slug }: { readonly slug: string }) {
  const queries = useQueryClient();
  const open = useQuery(invitationsQuery(slug));
  const [role, setRole] = useState<Role>('labeller');
  const [note, setNote] = useState('');
  const [days, setDays] = useState(7);
  const [username, setUsername] = useState('');
  const refresh = () => queries.invalidateQueries({ queryKey: invitationsQuery(slug).queryKey });
  const invite = useMutation({
    mutationFn: () => desk.invite(slug, role, note, days),
    onSuccess: () => {
      setNote('');
      return refresh();
    },
  });
  const revoke = useMutation({
    mutationFn: (id: string) => desk.revokeInvitation(slug, id),
    onSettled: refresh,
  });
  const add = useMutation({
    mutationFn: () => desk.addMember(slug, username, role),
    onSuccess: () => {
      setUsername('');
      return queries.invalidateQueries({ queryKey: peopleQuery(slug).queryKey });
    },
  });
  const error = invite.error ?? revoke.error ?? add.error;
  const link = invite.data === undefined ? null : `${window.location.origin}/join#${invite.data}`;
  return (
    <Paper withBorder p="md" radius={6} component="section" aria-label="Invitations">
      <Title order={2} size="h5" mb="sm">
        Somebody new
      </Title>
      <Stack gap="sm">
        <Group align="flex-end" gap="sm">
          <Select
            label="As"
            w={130}
            data={[...ROLES]}
            value={role}
            allowDeselect={false}
            onChange={(value) => value !== null && setRole(value)}
          />
          <TextInput
            label="For whom"
            placeholder="a note for yourself"
            w={220}
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
            data-testid="invite-note"
          />
          <NumberInput
            label="Good for, days"
            w={120}
            min={1}
            max={90}
            allowDecimal={false}
            value={days}
            onChange={(value) => setDays(Number(value) || 7)}
          />
          <Button onClick={() => invite.mutate()} loading={invite.isPending} data-testid="invite">
            Make a link
          </Button>
          <Text size="sm" c="dimmed" px="xs" pb={8}>
            or
          </Text>
          <TextInput
            label="User name of an account"
            w={200}
            value={username}
            onChange={(event) => setUsername(event.currentTarget.value)}
          />
          <Button
            variant="default"
            disabled={username.trim() === ''}
            loading={add.isPending}
            onClick={() => add.mutate()}
          >
            Add
          </Button>
        </Group>
        {error === null ? null : (
          <Text size="sm" c="red" role="alert">
            {sentenceOf(error)}
          </Text>
        )}
        {link === null ? null : (
          <ShownOnce
            title="Send this link: it is shown once, and lets one person in"
            value={link}
            testId="invite-link"
          />
        )}
        {(open.data ?? []).length === 0 ? null : (
          <Table verticalSpacing={4} data-testid="invitations">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Open invitations</Table.Th>
                <Table.Th>As</Table.Th>
                <Table.Th>By</Table.Th>
                <Table.Th>Good until</Table.Th>
                <Table.Th aria-label="What can be done" />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {(open.data ?? []).map((one) => (
                <Table.Tr key={one.id}>
                  <Table.Td>{one.note === '' || one.note === undefined ? '–' : one.note}</Table.Td>
                  <Table.Td>{one.role}</Table.Td>
                  <Table.Td>{one.created_by}</Table.Td>
                  <Table.Td>{formatMoment(one.expires_at)}</Table.Td>
                  <Table.Td ta="right">
                    <Button
                      size="compact-xs"
                      variant="subtle"
                      color="red"
                      onClick={() => revoke.mutate(one.id)}
                    >
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
