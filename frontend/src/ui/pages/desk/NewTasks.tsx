import {
  Button,
  Group,
  Modal,
  NumberInput,
  Progress,
  Select,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
  Textarea,
} from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';

import type { TaskRule } from '../../../api/deskApi';
import { desk, tasksKey, workflowQuery } from '../../server/desk';
import { sentenceOf } from '../../server/errors';
import { prelabelsQuery } from '../../server/trust';
import { ruleOf, type RuleFields } from './taskRule';

const SIDES = ['south', 'west', 'north', 'east'] as const;
const SOURCES = ['human', 'model', 'import', 'simulation', 'gold'];

/** Tasks for all clips that are of a kind and have none yet; how many is said before they are made. */
export function NewTasks({
  slug,
  layers,
  isOpen,
  onClose,
}: {
  readonly slug: string;
  readonly layers: readonly string[];
  readonly isOpen: boolean;
  readonly onClose: () => void;
}) {
  const queries = useQueryClient();
  const workflow = useQuery({ ...workflowQuery(slug), enabled: isOpen });
  const [fields, setFields] = useState<RuleFields>({
    layer: layers[0] ?? '',
    search: '',
    attributes: '',
    simulated: '',
    labelledBy: '',
    place: ['', '', '', ''],
    stage: 'label',
    priority: 0,
    skill: '',
    startFrom: '',
    minPercent: 0,
    pieceSeconds: null,
  });
  const [made, setMade] = useState<{ readonly done: number; readonly all: number } | null>(null);
  const isStopped = useRef(false);
  const hasStopped = (): boolean => isStopped.current;
  const set = (patch: Partial<RuleFields>): void => {
    setMade(null);
    setFields((before) => ({ ...before, ...patch }));
  };
  const prelabels = useQuery({ ...prelabelsQuery(slug), enabled: isOpen });
  const machines = (prelabels.data?.available ?? []).filter((row) => row.layer === fields.layer);
  const read = ruleOf(fields, machines);
  const rule = read.rule;
  const isOn = isOpen && rule !== null && workflow.data !== null && workflow.data !== undefined;
  const preview = useQuery({
    queryKey: [...tasksKey(slug), 'rule', rule],
    queryFn: () => desk.createTasks(slug, { ...(rule as TaskRule), dry_run: true }),
    enabled: isOn,
    retry: false,
    staleTime: 2000,
  });
  const left = preview.data?.left;
  const turnOn = useMutation({
    mutationFn: () => desk.saveWorkflow(slug, {}),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['projects', slug] }),
  });
  const create = useMutation({
    mutationFn: async (meant: TaskRule) => {
      isStopped.current = false;
      let [done, more] = [0, left ?? 0];
      const all = more;
      // As many at once as the server makes; the rest by asking again.
      while (more > 0 && !hasStopped()) {
        const answer = await desk.createTasks(slug, meant);
        if (answer.created === 0) break;
        done += answer.created;
        more = answer.left;
        setMade({ done, all: Math.max(all, done + more) });
      }
    },
    onSettled: () => queries.invalidateQueries({ queryKey: tasksKey(slug) }),
  });
  const error = read.trouble ?? create.error ?? preview.error ?? turnOn.error;
  return (
    <Modal opened={isOpen} onClose={onClose} title="New tasks" size="lg" data-testid="new-tasks">
      {workflow.data === null ? (
        <Stack gap="sm">
          <Text size="sm">
            This project is labelled freely: every labeller may save to every clip. With tasks, each clip’s
            layer is one person’s at a time, and is reviewed.
          </Text>
          <Button onClick={() => turnOn.mutate()} loading={turnOn.isPending} data-testid="turn-on-tasks">
            Work by tasks
          </Button>
        </Stack>
      ) : (
        <Stack gap="sm">
          <SimpleGrid cols={2} spacing="sm">
            <Select
              label="Layer"
              data={[...layers]}
              value={fields.layer}
              allowDeselect={false}
              onChange={(layer) => set({ layer: layer ?? '', startFrom: '' })}
              data-testid="rule-layer"
            />
            <Select
              label="Begin with"
              data={[
                { value: 'label', label: 'labelling' },
                { value: 'review', label: 'review of the labels that are there' },
              ]}
              value={fields.stage}
              allowDeselect={false}
              onChange={(stage) => set({ stage: stage === 'review' ? 'review' : 'label' })}
            />
            <NumberInput
              label="Priority, greater comes first"
              allowDecimal={false}
              value={fields.priority}
              onChange={(value) => set({ priority: Number(value) || 0 })}
              data-testid="rule-priority"
            />
            <TextInput
              label="Skill that one needs"
              placeholder="none"
              value={fields.skill}
              onChange={(event) => set({ skill: event.currentTarget.value.trim() })}
            />
            <Select
              label="Start from the labels of"
              placeholder={machines.length === 0 ? 'no model has labelled this layer' : 'nothing'}
              clearable
              disabled={machines.length === 0 || fields.stage === 'review'}
              data={machines.map((row, place) => ({
                value: String(place),
                label: `${row.name === '' ? `unnamed ${row.source}` : row.name} (${row.clips} ${row.clips === 1 ? 'clip' : 'clips'})`,
              }))}
              value={fields.startFrom === '' ? null : fields.startFrom}
              onChange={(value) => set({ startFrom: value ?? '' })}
              data-testid="rule-start-from"
            />
            <NumberInput
              label="Of these, from this score on"
              min={0}
              max={100}
              step={5}
              suffix=" %"
              disabled={fields.startFrom === ''}
              value={fields.minPercent}
              onChange={(value) => set({ minPercent: Number(value) || 0 })}
              data-testid="rule-min-score"
            />
            <NumberInput
              label="Split longer clips into parts of at most"
              placeholder="one task for all of a clip"
              min={1}
              suffix=" s"
              disabled={fields.stage === 'review'}
              value={fields.pieceSeconds ?? ''}
              onChange={(value) => set({ pieceSeconds: Number(value) >= 1 ? Number(value) : null })}
              data-testid="rule-piece"
            />
          </SimpleGrid>
          <Text size="sm" fw={600} mt="xs">
            For clips that have no task in this layer, and
          </Text>
          <SimpleGrid cols={2} spacing="sm">
            <TextInput
              label="Name contains"
              value={fields.search}
              onChange={(event) => set({ search: event.currentTarget.value })}
              data-testid="rule-search"
            />
            <Select
              label="Simulated"
              placeholder="either"
              clearable
              data={[
                { value: 'yes', label: 'yes' },
                { value: 'no', label: 'no' },
              ]}
              value={fields.simulated === '' ? null : fields.simulated}
              onChange={(value) => set({ simulated: value ?? '' })}
            />
            <Select
              label="Has labels from"
              placeholder="anywhere or none"
              clearable
              data={SOURCES}
              value={fields.labelledBy === '' ? null : fields.labelledBy}
              onChange={(value) => set({ labelledBy: value ?? '' })}
            />
            <Textarea
              label="Attributes, one a line"
              placeholder={'weather = rain, fog\nlanes = 2'}
              autosize
              minRows={1}
              maxRows={5}
              value={fields.attributes}
              onChange={(event) => set({ attributes: event.currentTarget.value })}
              data-testid="rule-attributes"
            />
          </SimpleGrid>
          <Group gap="xs" align="flex-end" wrap="nowrap">
            {SIDES.map((side, index) => (
              <TextInput
                key={side}
                label={index === 0 ? 'Place: south °' : `${side} °`}
                value={fields.place[index] ?? ''}
                onChange={(event) => {
                  const place = [...fields.place] as [string, string, string, string];
                  place[index] = event.currentTarget.value;
                  set({ place });
                }}
              />
            ))}
          </Group>
          {error === null ? null : (
            <Text size="sm" c="red" role="alert">
              {typeof error === 'string' ? error : sentenceOf(error)}
            </Text>
          )}
          {made === null ? null : (
            <div role="status">
              <Progress value={(100 * made.done) / Math.max(1, made.all)} mb={4} />
              <Text size="sm" data-testid="tasks-made">
                {made.done.toLocaleString()} of {made.all.toLocaleString()} made
              </Text>
            </div>
          )}
          <Group justify="flex-end" mt="xs">
            <Button
              variant="default"
              onClick={() => {
                isStopped.current = true;
                if (!create.isPending) onClose();
              }}
            >
              {create.isPending ? 'Stop' : 'Close'}
            </Button>
            <Button
              disabled={rule === null || left === undefined || left === 0}
              loading={create.isPending}
              onClick={() => rule !== null && create.mutate(rule)}
              data-testid="rule-create"
            >
              {left === undefined
                ? 'Make tasks'
                : left === 1
                  ? 'Make 1 task'
                  : `Make ${left.toLocaleString()} tasks`}
            </Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}
