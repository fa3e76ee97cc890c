import { Button, Group, Modal, Stack, Table, Text } from '@mantine/core';

import type { LabelId } from '../../core/document/ids';
import { isCuboid, type Label } from '../../core/document/label';
import { classNamed, type OntologyLayer } from '../../core/document/ontology';
import { yawOf } from '../../core/geometry/quat';
import { trackOf } from '../../core/geometry/track';
import type { Conflict } from '../../core/sync/syncState';
import { useLabelling, useSession } from './hooks';
import { labelName, shortId } from './labelNames';

/** Both versions of each label that two people changed, side by side, and a choice. */
export function ConflictDialog({
  conflicts,
  isOpen,
  onClose,
  onResolve,
}: {
  readonly conflicts: readonly Conflict[];
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onResolve: (labelId: LabelId, choice: 'mine' | 'theirs') => void;
}) {
  return (
    // Beside the views, not over them: theirs is drawn there too, dashed in amber.
    <Modal
      opened={isOpen}
      onClose={onClose}
      title="Two people changed the same labels"
      size={460}
      withOverlay={false}
      lockScroll={false}
      trapFocus={false}
      closeOnClickOutside={false}
      xOffset={0}
      styles={{ inner: { justifyContent: 'flex-start' } }}
    >
      <Stack gap="lg">
        {conflicts.map((conflict) => (
          <OneConflict key={conflict.labelId} conflict={conflict} onResolve={onResolve} />
        ))}
      </Stack>
    </Modal>
  );
}

function OneConflict({
  conflict,
  onResolve,
}: {
  readonly conflict: Conflict;
  readonly onResolve: (labelId: LabelId, choice: 'mine' | 'theirs') => void;
}) {
  const { editor, titleOf } = useLabelling();
  const timeNs = useSession((session) => session.timeNs);
  const { labelId, mine, theirs, theirAuthor } = conflict;
  const either = mine ?? theirs;
  const name = either === null ? shortId(labelId) : labelName(either, titleOf);
  const rows = differences(facts(mine, timeNs, editor.layer), facts(theirs, timeNs, editor.layer));
  return (
    <section aria-label={name}>
      <Text fw={600} size="sm">
        {name}
      </Text>
      <Table withRowBorders={false} verticalSpacing={3} fz="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th w="26%" />
            <Table.Th>Yours</Table.Th>
            <Table.Th>{theirAuthor === null ? 'Theirs' : `By ${theirAuthor}`}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={row.what} c={row.mine === row.theirs ? 'dimmed' : ''}>
              <Table.Td>{row.what}</Table.Td>
              <Table.Td>{row.mine}</Table.Td>
              <Table.Td>{row.theirs}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Group gap="sm" mt="xs" justify="flex-end">
        <Button
          size="xs"
          variant="subtle"
          onClick={() => {
            if (mine !== null) editor.session.select(labelId);
            editor.session.set({ sought: { labelId } });
          }}
        >
          Show both
        </Button>
        <Button
          size="xs"
          variant="default"
          onClick={() => onResolve(labelId, 'theirs')}
          data-testid="take-theirs"
        >
          Take theirs
        </Button>
        <Button size="xs" onClick={() => onResolve(labelId, 'mine')} data-testid="take-mine">
          Keep mine
        </Button>
      </Group>
    </section>
  );
}

interface Row {
  readonly what: string;
  readonly mine: string;
  readonly theirs: string;
}

function differences(mine: ReadonlyMap<string, string>, theirs: ReadonlyMap<string, string>): Row[] {
  const names = [...new Set([...mine.keys(), ...theirs.keys()])];
  return names.map((what) => ({ what, mine: mine.get(what) ?? '–', theirs: theirs.get(what) ?? '–' }));
}

/** What there is to say of a label at a time, by name. */
function facts(label: Label | null, timeNs: bigint, layer: OntologyLayer): Map<string, string> {
  if (label === null) return new Map([['State', 'deleted']]);
  const ontologyClass = classNamed(layer, label.class);
  const found = new Map([
    ['State', 'there'],
    ['Class', ontologyClass?.title ?? label.class],
  ]);
  if (isCuboid(label)) {
    const state = trackOf(label).extended(timeNs);
    found.set('Position', `${state.position_m.map((part) => part.toFixed(2)).join(', ')} m`);
    found.set('Size', `${state.size_m.map((part) => part.toFixed(2)).join(' × ')} m`);
    found.set('Heading', `${((yawOf(state.quat_xyzw) * 180) / Math.PI).toFixed(1)}°`);
    found.set('Keyframes', label.static ? 'static' : String(label.keyframes.length));
  }
  const attributes = isCuboid(label) ? trackOf(label).attributesAt(timeNs) : label.attributes;
  for (const [name, value] of Object.entries(attributes)) {
    const title = ontologyClass?.attributes.find((attribute) => attribute.name === name)?.title ?? name;
    found.set(title, typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value));
  }
  return found;
}
