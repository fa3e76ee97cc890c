import {
  ActionIcon,
  Button,
  Group,
  Menu,
  MultiSelect,
  NumberInput,
  Popover,
  Select,
  Stack,
  Text,
  TextInput,
  Tooltip,
} from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconAdjustmentsHorizontal, IconBookmark, IconSearch, IconTrash, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { STAGE_TITLES } from '../../../core/work/task';
import { usePreference } from '../../server/preferences';
import { membersQuery } from '../../server/work';
import { filtersOf, FILTERS, listQueryOf, STATES, STATE_TITLES, withFilter } from './filters';
import { dropView, keepView, viewsOf, viewsSection } from './savedViews';

type Change = (params: URLSearchParams) => void;

const NUMBERS = [
  ['priority_from', 'Priority from'],
  ['priority_to', 'Priority to'],
  ['older_than_h', 'Waits longer than, hours'],
  ['sent_back_from', 'Sent back at least, times'],
] as const;
const PEOPLE = [
  ['holder', 'Has it now'],
  ['assigned_to', 'Assigned to'],
  ['labeller', 'Labelled by'],
  ['reviewer', 'Reviewed by'],
] as const;

/** What narrows the board and the table; all of it is in the address. */
export function FilterBar({
  slug,
  layers,
  params,
  onChange,
}: {
  readonly slug: string;
  readonly layers: readonly string[];
  readonly params: URLSearchParams;
  readonly onChange: Change;
}) {
  const stages = Object.entries(STAGE_TITLES).map(([value, label]) => ({ value, label }));
  const states = STATES.map((value) => ({ value, label: STATE_TITLES[value] }));
  const more = [...NUMBERS, ...PEOPLE, ['skill'] as const].filter(([name]) => params.has(name)).length;
  const search = params.get('search') ?? '';
  return (
    <Group gap="xs" role="search" aria-label="Filter the tasks">
      <SearchField
        key={search}
        search={search}
        onSearch={(text) => onChange(withFilter(params, 'search', [text]))}
      />
      <Many
        label="Layer"
        name="layer"
        data={layers.map((value) => ({ value, label: value }))}
        {...{ params, onChange }}
      />
      <Many label="Stage" name="stage" data={stages} {...{ params, onChange }} />
      <Many label="State" name="state" data={states} {...{ params, onChange }} />
      <Popover position="bottom-start" withinPortal width={280}>
        <Popover.Target>
          <Button
            size="sm"
            variant={more > 0 ? 'light' : 'default'}
            leftSection={<IconAdjustmentsHorizontal size={16} stroke={1.6} />}
            data-testid="more-filters"
          >
            {more > 0 ? `More (${more})` : 'More'}
          </Button>
        </Popover.Target>
        <Popover.Dropdown>
          <MoreFilters slug={slug} params={params} onChange={onChange} />
        </Popover.Dropdown>
      </Popover>
      {filtersOf(params) === '' ? null : (
        <Tooltip label="Show all tasks">
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label="Clear the filters"
            onClick={() => onChange(FILTERS.reduce((next, name) => withFilter(next, name, []), params))}
            data-testid="clear-filters"
          >
            <IconX size={16} />
          </ActionIcon>
        </Tooltip>
      )}
      <Views params={params} onChange={onChange} />
    </Group>
  );
}

function SearchField({
  search,
  onSearch,
}: {
  readonly search: string;
  readonly onSearch: (text: string) => void;
}) {
  const [text, setText] = useState(search);
  const later = useDebouncedCallback(onSearch, 300);
  return (
    <TextInput
      w={190}
      size="sm"
      placeholder="Clip"
      aria-label="Search by clip name"
      leftSection={<IconSearch size={16} stroke={1.6} />}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        later(event.currentTarget.value);
      }}
      data-testid="board-search"
    />
  );
}

function Many({
  label,
  name,
  data,
  params,
  onChange,
}: {
  readonly label: string;
  readonly name: string;
  readonly data: { readonly value: string; readonly label: string }[];
  readonly params: URLSearchParams;
  readonly onChange: Change;
}) {
  const chosen = params.getAll(name);
  return (
    <MultiSelect
      size="sm"
      w={chosen.length > 1 ? 210 : 150}
      aria-label={label}
      placeholder={chosen.length === 0 ? label : ''}
      data={data}
      value={chosen}
      onChange={(values) => onChange(withFilter(params, name, values))}
      clearable
      maxValues={4}
      data-testid={`filter-${name}`}
    />
  );
}

function MoreFilters({
  slug,
  params,
  onChange,
}: {
  readonly slug: string;
  readonly params: URLSearchParams;
  readonly onChange: Change;
}) {
  const members = useQuery(membersQuery(slug));
  const people = (members.data ?? []).map(({ id, name }) => ({ value: id, label: name }));
  return (
    <Stack gap="xs">
      {PEOPLE.map(([name, label]) => (
        <Select
          key={name}
          size="xs"
          label={label}
          searchable
          clearable
          comboboxProps={{ withinPortal: false }}
          data={name === 'assigned_to' ? [{ value: 'none', label: 'nobody in person' }, ...people] : people}
          value={params.get(name)}
          onChange={(value) => onChange(withFilter(params, name, value === null ? [] : [value]))}
        />
      ))}
      {NUMBERS.map(([name, label]) => (
        <NumberInput
          key={name}
          size="xs"
          label={label}
          allowDecimal={false}
          value={params.get(name) ?? ''}
          onBlur={(event) => onChange(withFilter(params, name, [event.currentTarget.value.trim()]))}
          onKeyDown={(event) => {
            if (event.key === 'Enter') onChange(withFilter(params, name, [event.currentTarget.value.trim()]));
          }}
          data-testid={`filter-${name}`}
        />
      ))}
      <TextInput
        size="xs"
        label="Skill"
        defaultValue={params.get('skill') ?? ''}
        onBlur={(event) => onChange(withFilter(params, 'skill', [event.currentTarget.value.trim()]))}
      />
    </Stack>
  );
}

/** Filters under a name, that go with a person to other machines. */
function Views({ params, onChange }: { readonly params: URLSearchParams; readonly onChange: Change }) {
  const views = viewsOf(usePreference(viewsSection).views);
  const [name, setName] = useState('');
  const query = listQueryOf(params);
  const keep = (): void => {
    if (name.trim() === '') return;
    keepView({ name: name.trim().slice(0, 60), query });
    setName('');
  };
  return (
    <Menu position="bottom-start" width={260} closeOnItemClick={false}>
      <Menu.Target>
        <Button
          size="sm"
          variant="default"
          leftSection={<IconBookmark size={16} stroke={1.6} />}
          data-testid="views"
        >
          {views.find((view) => view.query === query)?.name ?? 'Views'}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {views.length === 0 ? <Menu.Label>No saved views yet</Menu.Label> : null}
        {views.map((view) => (
          <Menu.Item
            key={view.name}
            closeMenuOnClick
            onClick={() => onChange(new URLSearchParams(view.query))}
            rightSection={
              <ActionIcon
                component="span"
                role="button"
                size={24}
                variant="subtle"
                color="gray"
                aria-label={`Remove the view ${view.name}`}
                onClick={(event) => {
                  event.stopPropagation();
                  dropView(view.name);
                }}
              >
                <IconTrash size={14} />
              </ActionIcon>
            }
            data-testid="saved-view"
          >
            {view.name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Group gap={6} p={6} wrap="nowrap">
          <TextInput
            size="xs"
            flex={1}
            aria-label="Name of the view"
            placeholder={query === '' ? 'Filter first' : 'Save what is shown as'}
            disabled={query === ''}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            onKeyDown={(event) => {
              event.stopPropagation();
              if (event.key === 'Enter') keep();
            }}
            data-testid="view-name"
          />
          <Button
            size="xs"
            disabled={name.trim() === '' || query === ''}
            onClick={keep}
            data-testid="view-save"
          >
            Save
          </Button>
        </Group>
        {query === '' ? (
          <Text size="xs" c="dimmed" px={8} pb={4}>
            A view keeps filters and order.
          </Text>
        ) : null}
      </Menu.Dropdown>
    </Menu>
  );
}
