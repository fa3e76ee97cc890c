import {
  ActionIcon,
  Button,
  Group,
  NumberInput,
  Paper,
  Select,
  Stack,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconX } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { Course } from '../../../api/trustApi';
import { coursesQuery, goldsQuery } from '../../server/trust';
import { trustAdminApi } from '../../server/trustAdmin';
import { Problem } from './Problem';

interface Step {
  readonly goldId: string;
  readonly instructions: string;
}

/** A new course, or the texts and pass mark of one that is there: its steps stay as they were taken. */
export function CourseEditor({
  slug,
  course,
  onDone,
}: {
  readonly slug: string;
  readonly course: Course | null;
  readonly onDone: () => void;
}) {
  const queries = useQueryClient();
  const [title, setTitle] = useState(course?.title ?? '');
  const [instructions, setInstructions] = useState(course?.instructions ?? '');
  const [skill, setSkill] = useState(course?.skill ?? '');
  const [passPercent, setPassPercent] = useState(Math.round((course?.pass_score ?? 0.8) * 100));
  const [steps, setSteps] = useState<readonly Step[]>([]);
  const save = useMutation({
    mutationFn: async () => {
      const texts = { title, instructions, pass_score: passPercent / 100 };
      if (course !== null) return trustAdminApi.changeCourse(course.id, texts);
      const asked = steps.map((step) => ({ gold_id: step.goldId, instructions: step.instructions }));
      return trustAdminApi.createCourse(slug, { ...texts, skill, steps: asked });
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: coursesQuery(slug).queryKey });
      onDone();
    },
  });
  const isWhole = title.trim() !== '' && (course !== null || (skill !== '' && steps.length > 0));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <Stack gap="sm">
        <TextInput
          label="Title"
          value={title}
          maxLength={200}
          onChange={(event) => setTitle(event.currentTarget.value)}
          data-autofocus
        />
        <Textarea
          label="Instructions"
          autosize
          minRows={2}
          maxRows={10}
          value={instructions}
          onChange={(event) => setInstructions(event.currentTarget.value)}
        />
        <Group grow align="flex-start">
          <TextInput
            label="Skill that it opens"
            description="small letters, digits and _; tasks may ask for it"
            value={skill}
            disabled={course !== null}
            onChange={(event) =>
              setSkill(event.currentTarget.value.toLowerCase().replace(/[^a-z0-9_]/g, '_'))
            }
          />
          <NumberInput
            label="Pass mark"
            description="at each of its clips"
            min={0}
            max={100}
            suffix=" %"
            value={passPercent}
            onChange={(value) => setPassPercent(Number(value))}
          />
        </Group>
        {course === null ? <Steps slug={slug} steps={steps} onChange={setSteps} /> : null}
        <Problem error={save.error} />
        <Button type="submit" ml="auto" disabled={!isWhole} loading={save.isPending}>
          {course === null ? 'Make the course' : 'Save'}
        </Button>
      </Stack>
    </form>
  );
}

function Steps({
  slug,
  steps,
  onChange,
}: {
  readonly slug: string;
  readonly steps: readonly Step[];
  readonly onChange: (steps: readonly Step[]) => void;
}) {
  const golds = useQuery(goldsQuery(slug));
  const names = new Map(golds.data?.map((gold) => [gold.id, `${gold.clip_name}, ${gold.layer}`]));
  const left = [...names].filter(([id]) => steps.every((step) => step.goldId !== id));
  const swap = (index: number) => {
    const [first, second] = [steps[index], steps[index + 1]];
    if (first === undefined || second === undefined) return;
    onChange([...steps.slice(0, index), second, first, ...steps.slice(index + 2)]);
  };
  return (
    <Stack gap="xs" role="list" aria-label="Clips, in order">
      {steps.map((step, index) => (
        <Paper key={step.goldId} withBorder p="xs" radius={6} role="listitem">
          <Group gap="xs" mb={4}>
            <Text size="sm" fw={600}>
              {index + 1}. {names.get(step.goldId)}
            </Text>
            <ActionIcon
              ml="auto"
              variant="subtle"
              color="gray"
              aria-label={`Move clip ${index + 1} up`}
              disabled={index === 0}
              onClick={() => swap(index - 1)}
            >
              <IconArrowUp size={16} />
            </ActionIcon>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`Move clip ${index + 1} down`}
              disabled={index === steps.length - 1}
              onClick={() => swap(index)}
            >
              <IconArrowDown size={16} />
            </ActionIcon>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`Leave clip ${index + 1} out`}
              onClick={() => onChange(steps.filter((one) => one !== step))}
            >
              <IconX size={16} />
            </ActionIcon>
          </Group>
          <TextInput
            size="sm"
            placeholder="What to mind at this clip"
            aria-label={`What to mind at clip ${index + 1}`}
            value={step.instructions}
            onChange={(event) => {
              const text = event.currentTarget.value;
              onChange(steps.map((one) => (one === step ? { ...one, instructions: text } : one)));
            }}
          />
        </Paper>
      ))}
      <Select
        label="Add a clip"
        placeholder={left.length === 0 ? 'All gold is in the course' : 'Gold, by clip'}
        searchable
        data={left.map(([value, label]) => ({ value, label }))}
        value={null}
        onChange={(goldId) => {
          if (goldId !== null) onChange([...steps, { goldId, instructions: '' }]);
        }}
      />
      {golds.data?.length === 0 ? (
        <Text size="sm" c="dimmed">
          A course is made of gold: add some under Quality first.
        </Text>
      ) : null}
    </Stack>
  );
}
