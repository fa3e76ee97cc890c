import {
  ActionIcon,
  Badge,
  Button,
  Group,
  Menu,
  Select,
  Table,
  TagsInput,
  Text,
  TextInput,
} from '@mantine/core';
import { IconDots, IconDownload } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';

import type { MemberChange, PersonRow } from '../../../api/deskApi';
import { formatAge, formatMoment } from '../../format';
import { desk, peopleQuery } from '../../server/desk';
import { sentenceOf } from '../../server/errors';
import { sessionQuery } from '../../server/queries';
import { scoresQuery } from '../../server/trust';
import { Loading } from '../../shell/Loading';
import { Notice } from '../../shell/Notice';
import { formatScore } from '../trust/ProjectFrame';
import { DeskFrame } from './DeskFrame';
import { Invitations } from './Invitations';
import { ROLES } from './roles';

/** Who works in a project: roles, skills, how they do, and how others come in. */
export function PeoplePage({ slug }: { readonly slug: string }) {
  return (
    <DeskFrame
      slug={slug}
      isForAdmins
      aside={
        <Button
          component="a"
          href={`/api/projects/${slug}/people/file`}
          download
          size="sm"
          variant="default"
          leftSection={<IconDownload size={14} />}
        >
          CSV
        </Button>
      }
    >
      <Members slug={slug} />
      <Invitations slug={slug} />
    </DeskFrame>
  );
}

function Members({ slug }: { readonly slug: string }) {
  const queries = useQueryClient();
  const people = useQuery(peopleQuery(slug));
  const scores = useQuery(scoresQuery(slug));
  const { data: me } = useQuery(sessionQuery);
  const [search, setSearch] = useState('');
  const refresh = () => queries.invalidateQueries({ queryKey: ['projects', slug] });
  const change = useMutation({
    mutationFn: ({ id, patch }: { readonly id: string; readonly patch: MemberChange }) =>
      desk.changeMember(slug, id, patch),
    onSettled: refresh,
  });
  const remove = useMutation({ mutationFn: (id: string) => desk.removeMember(slug, id), onSettled: refresh });
  if (people.isPending) return <Loading what="the people" />;
  if (people.isError)
    return <Notice title="The people could not be loaded">{sentenceOf(people.error)}</Notice>;
  const rows = people.data.people.filter((row) =>
    `${row.name} ${row.username} ${row.skills.join(' ')}`.toLowerCase().includes(search.toLowerCase()),
  );
  const trouble = change.error ?? remove.error;
  return (
    <section aria-label="Members">
      <Group mb="sm">
        <TextInput
          size="sm"
          w={240}
          placeholder="Name or skill"
          aria-label="Search the people"
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <Text size="sm" c="dimmed">
          {people.data.people.length} people; what they did is of the last 7 days
        </Text>
        {trouble === null ? null : (
          <Text size="sm" c="red" role="alert">
            {sentenceOf(trouble)}
          </Text>
        )}
      </Group>
      <Table.ScrollContainer minWidth={1080}>
        <Table verticalSpacing={4} data-testid="people">
          <Table.Thead>
            <Table.Tr>
              {[
                'Who',
                'Role',
                'Skills',
                'Last seen',
                'Has',
                'Submitted',
                'Sent back',
                'Reviewed',
                'Hours',
                'Score',
              ].map((title) => (
                <Table.Th key={title}>{title}</Table.Th>
              ))}
              <Table.Th aria-label="What can be done" />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Person
                key={row.id}
                slug={slug}
                row={row}
                isMe={row.id === me?.id}
                skills={people.data.skills}
                score={scores.data?.find(({ user }) => user.id === row.id)?.score ?? null}
                onChange={(patch) => change.mutate({ id: row.id, patch })}
                onRemove={() => remove.mutate(row.id)}
              />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </section>
  );
}

function Person({
  slug,
  row,
  isMe,
  skills,
  score,
  onChange,
  onRemove,
}: {
  readonly slug: string;
  readonly row: PersonRow;
  readonly isMe: boolean;
  readonly skills: readonly string[];
  readonly score: number | null;
  readonly onChange: (patch: MemberChange) => void;
  readonly onRemove: () => void;
}) {
  const looked = row.accepted + row.sent_back;
  return (
    <Table.Tr data-testid={`person ${row.username}`} {...(row.is_active ? {} : { c: 'dimmed' })}>
      <Table.Td>
        <Text size="sm" fw={550} title={`${row.username}, here since ${formatMoment(row.joined_at)}`}>
          {row.name}
          {isMe ? ' (you)' : ''}
        </Text>
        {row.is_active ? null : (
          <Badge size="xs" color="gray" variant="light">
            deactivated
          </Badge>
        )}
      </Table.Td>
      <Table.Td>
        <Select
          size="xs"
          w={110}
          aria-label={`Role of ${row.name}`}
          data={[...ROLES]}
          value={row.role}
          allowDeselect={false}
          onChange={(role) => role !== null && role !== row.role && onChange({ role })}
        />
      </Table.Td>
      <Table.Td>
        <TagsInput
          size="xs"
          w={210}
          aria-label={`Skills of ${row.name}`}
          data={[...skills]}
          value={row.skills}
          placeholder={row.skills.length === 0 ? 'none' : ''}
          onChange={(next) =>
            onChange({
              skills: next.map((name) =>
                name
                  .trim()
                  .toLowerCase()
                  .replaceAll(/[\s-]+/g, '_'),
              ),
            })
          }
          data-testid={`skills ${row.username}`}
        />
      </Table.Td>
      <Table.Td>
        <Text size="sm" title={row.last_seen === null ? undefined : formatMoment(row.last_seen)}>
          {row.last_seen === null ? 'never' : `${formatAge(row.last_seen)} ago`}
        </Text>
      </Table.Td>
      <Table.Td>
        {row.holds === 0 ? '' : <Link href={`/projects/${slug}/board?holder=${row.id}`}>{row.holds}</Link>}
      </Table.Td>
      <Table.Td>{row.submitted || ''}</Table.Td>
      <Table.Td title={looked === 0 ? 'Nobody looked at their work' : `${row.sent_back} of ${looked} looks`}>
        {looked === 0 ? '' : `${Math.round((100 * row.sent_back) / looked)} %`}
      </Table.Td>
      <Table.Td>{row.reviewed || ''}</Table.Td>
      <Table.Td>{row.hours < 0.05 ? '' : row.hours.toFixed(1)}</Table.Td>
      <Table.Td title="On hidden gold">{formatScore(score)}</Table.Td>
      <Table.Td>
        <Menu position="bottom-end" width={230}>
          <Menu.Target>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`More about ${row.name}`}
              data-testid={`more ${row.username}`}
            >
              <IconDots size={16} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item component={Link} href={`/projects/${slug}/board?labeller=${row.id}`}>
              Tasks that they labelled
            </Menu.Item>
            <Menu.Label>What they have goes back to the queues:</Menu.Label>
            <Menu.Item color="red" onClick={onRemove} data-testid="remove-member">
              Remove from the project
            </Menu.Item>
            <Menu.Item
              {...(row.is_active ? { color: 'red' } : {})}
              disabled={isMe}
              onClick={() => onChange({ is_active: !row.is_active })}
              data-testid="deactivate"
            >
              {row.is_active ? 'Deactivate the account' : 'Let them log in again'}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Table.Td>
    </Table.Tr>
  );
}
