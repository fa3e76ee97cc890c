import { Anchor, Button, Group, Menu, Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconChevronDown } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useEffect } from 'react';

import type { CheckedSpec } from '../../../api/datasetsApi';
import { sentenceOf } from '../../server/errors';
import { specCheckQuery } from '../../server/datasets';
import { SPEC_EXAMPLES } from './specExamples';

// The editor of texts comes when one is to be written.
const SpecEditor = lazy(async () => ({ default: (await import('./SpecEditor')).SpecEditor }));

const PLACEHOLDER = '# Left empty: all that is known of labels.\n# Or choose an example above.';

/** A target spec being written, checked as one writes. */
export function SpecPanel({
  slug,
  text,
  onChange,
  onChecked,
}: {
  readonly slug: string;
  readonly text: string;
  readonly onChange: (text: string) => void;
  /** Told what the text says; null while it isn't known. */
  readonly onChecked: (checked: CheckedSpec | null, text: string) => void;
}) {
  const [settled] = useDebouncedValue(text, 300);
  const check = useQuery(specCheckQuery(slug, settled));
  const isCurrent = settled === text && check.isSuccess && !check.isPlaceholderData;
  const checked = isCurrent ? check.data : null;
  useEffect(() => onChecked(checked, settled), [checked, settled, onChecked]);
  const problems = checked?.problems ?? [];
  return (
    <Stack gap="xs">
      <Group gap="sm">
        <Text size="sm" c="dimmed" flex={1}>
          What each training head learns from, as YAML: <span className="mono">docs/targets.md</span> has
          every field.
        </Text>
        <Menu position="bottom-end">
          <Menu.Target>
            <Button size="compact-sm" variant="default" rightSection={<IconChevronDown size={14} />}>
              Examples
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {SPEC_EXAMPLES.map((example) => (
              <Menu.Item key={example.title} onClick={() => onChange(example.text)}>
                {example.title}
              </Menu.Item>
            ))}
            <Menu.Item onClick={() => onChange('')}>All that is known of labels</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Group>
      <Suspense fallback={<Text size="sm">Loading the editor…</Text>}>
        <SpecEditor
          text={text}
          problems={problems}
          label="Target spec"
          placeholder={PLACEHOLDER}
          onChange={onChange}
        />
      </Suspense>
      <div role="status" data-testid="spec-state">
        {check.isError ? (
          <Text size="sm" c="red">
            {sentenceOf(check.error)}
          </Text>
        ) : problems.length > 0 ? (
          problems.map((problem) => (
            <Text key={`${problem.line} ${problem.message}`} size="sm" c="red" data-testid="spec-problem">
              <Anchor component="span" inherit c="red" fw={600} underline="never">
                Line {problem.line}
              </Anchor>{' '}
              {problem.message}
            </Text>
          ))
        ) : (
          <Text size="sm" c="dimmed">
            {checked === null ? 'Checking…' : stateOf(checked)}
          </Text>
        )}
        {checked?.notes.map((note) => (
          <Text key={`${note.line} ${note.message}`} size="sm" data-testid="spec-note">
            <Text span inherit fw={600}>
              Line {note.line}
            </Text>{' '}
            {note.message}
          </Text>
        ))}
      </div>
    </Stack>
  );
}

function stateOf(checked: CheckedSpec): string {
  if (checked.document === null) return 'All that is known of labels of every geometry.';
  const heads = checked.heads.filter((name) => name !== '');
  return heads.length === 0 ? 'Right: one spec without heads.' : `Right: heads ${heads.join(', ')}.`;
}
