import {
  ActionIcon,
  Badge,
  Button,
  Checkbox,
  Group,
  ScrollArea,
  Stack,
  Text,
  Textarea,
  Tooltip,
} from '@mantine/core';
import { IconCheck, IconMapPin, IconRefresh } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';

import type { Comment, LabelChange } from '../../../api/workApi';
import { labelId } from '../../../core/document/ids';
import { isCuboid } from '../../../core/document/label';
import { readLabel, type WireLabel } from '../../../core/document/readLabel';
import { trackOf } from '../../../core/geometry/track';
import type { Task } from '../../../core/work/task';
import { formatAge, formatClipTime } from '../../format';
import { work } from '../../server/api';
import { sentenceOf } from '../../server/errors';
import { changesQuery, commentsQuery, correctionQuery } from '../../server/work';
import { useLabelling, useLabels, useSession } from '../hooks';
import { labelName, shortId } from '../labelNames';
import { goToComment } from './talk';
import { usePlacing } from './usePlacing';

const SIGNS = { added: '+', removed: '−', changed: '±' } as const;

/** What changed since one looked last, what was said about the task, and what review had to change. */
export function ReviewPanel({ task }: { readonly task: Task }) {
  return (
    <ScrollArea.Autosize mah="70vh" type="auto">
      <Stack gap="md" data-testid="review-panel">
        <Correction task={task} />
        <Changes task={task} />
        <Comments task={task} />
      </Stack>
    </ScrollArea.Autosize>
  );
}

function Correction({ task }: { readonly task: Task }) {
  const correction = useQuery({ ...correctionQuery(task.id), enabled: task.stage === 'accepted' });
  if (correction.data === undefined || correction.data === null) return null;
  const { score, kinds } = correction.data;
  const changed = Object.entries(kinds).filter(([kind, count]) => kind !== 'same' && count > 0);
  return (
    <Text size="sm" data-testid="correction">
      Score {(100 * score).toFixed(0)} %:{' '}
      {changed.length === 0
        ? 'review changed nothing'
        : `review changed ${changed.map(([kind, count]) => `${count} ${kind}`).join(', ')}`}
      .
    </Text>
  );
}

function Changes({ task }: { readonly task: Task }) {
  const { editor } = useLabelling();
  const changes = useQuery(changesQuery(task.id));
  const [showsBefore, setShowsBefore] = useState(false);
  const list = changes.data?.changes;
  useEffect(() => {
    if (!showsBefore || list === undefined) return undefined;
    editor.session.set({ ghosts: list.flatMap(({ before }) => (before === null ? [] : [labelOf(before)])) });
    return () => editor.session.set({ ghosts: [] });
  }, [showsBefore, list, editor]);
  if (changes.isError) {
    return (
      <Text size="sm" c="red">
        {sentenceOf(changes.error)}
      </Text>
    );
  }
  if (changes.data === undefined || changes.data.since_revision === null) return null;
  const { since } = changes.data;
  return (
    <section aria-label={`Changed since ${since}`}>
      <Group justify="space-between" mb={4}>
        <Text size="sm" fw={600}>
          {changes.data.changes.length === 0 ? `Nothing changed since ${since}` : `Changed since ${since}`}
        </Text>
        {changes.data.changes.some(({ before }) => before !== null) ? (
          <Checkbox
            size="xs"
            label="Show as it was"
            checked={showsBefore}
            onChange={(event) => setShowsBefore(event.currentTarget.checked)}
          />
        ) : null}
      </Group>
      <ul className="submit-lints">
        {changes.data.changes.map((change) => (
          <ChangeRow key={change.label_id} change={change} />
        ))}
      </ul>
    </section>
  );
}

function ChangeRow({ change }: { readonly change: LabelChange }) {
  const { editor, titleOf } = useLabelling();
  const labels = useLabels();
  const id = labelId(change.label_id);
  const now = labels.get(id);
  const shown = now ?? (change.before === null ? undefined : labelOf(change.before));
  const go = (): void => {
    if (now === undefined) return;
    editor.session.select(id);
    editor.session.set({ sought: { labelId: id } });
  };
  return (
    <li>
      <button type="button" className="submit-lint" onClick={go} data-testid="change-row">
        <span aria-hidden>{SIGNS[change.kind]}</span>
        <span>
          {shown === undefined ? shortId(id) : labelName(shown, titleOf)}{' '}
          <span className="task-by">
            {change.kind} {change.author === null ? '' : `by ${change.author}`}
          </span>
        </span>
      </button>
    </li>
  );
}

function Comments({ task }: { readonly task: Task }) {
  const { editor, titleOf } = useLabelling();
  const queries = useQueryClient();
  const comments = useQuery(commentsQuery(task.id));
  const labels = useLabels();
  const [selected] = useSession((session) => session.selection);
  const timeNs = useSession((session) => session.timeNs);
  const [body, setBody] = useState('');
  const { isPlacing, place, setPlacing, clear } = usePlacing();
  const label = selected === undefined ? undefined : labels.get(selected);
  const refresh = (): Promise<void> => queries.invalidateQueries(commentsQuery(task.id));
  const write = useMutation({
    mutationFn: () => {
      const state = isCuboid(label) ? trackOf(label).at(timeNs) : null;
      return work.writeComment(task.id, {
        body,
        label_id: label?.id ?? '',
        timeNs,
        position_m: place !== null ? [...place.position_m] : state === null ? null : [...state.position_m],
        camera: place?.camera ?? '',
      });
    },
    onSuccess: () => {
      setBody('');
      clear();
      return refresh();
    },
  });
  const resolve = useMutation({
    mutationFn: (comment: Comment) => work.resolveComment(comment.id, comment.resolved_at === null),
    onSuccess: refresh,
  });
  const list = comments.data ?? [];
  const where = label === undefined ? '' : `${labelName(label, titleOf)}, `;
  const placeWords =
    place === null
      ? ''
      : place.camera === ''
        ? 'the marked place, '
        : `the marked place in ${place.camera}, `;
  const send = (): void => {
    if (body.trim() !== '' && !write.isPending) write.mutate();
  };
  return (
    <section aria-label="Comments">
      <Text size="sm" fw={600} mb={4}>
        Comments
      </Text>
      <ul className="submit-lints">
        {list.map((comment) => (
          <CommentRow
            key={comment.id}
            comment={comment}
            onResolve={() => resolve.mutate(comment)}
            isReply={comment.parent_id !== null}
          />
        ))}
      </ul>
      <Textarea
        mt={6}
        autosize
        minRows={2}
        maxLength={10_000}
        aria-label="New comment"
        placeholder="What is to be seen here"
        value={body}
        onChange={(event) => setBody(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) send();
        }}
        data-testid="comment-field"
      />
      {write.isError ? (
        <Text size="xs" c="red" role="alert">
          {sentenceOf(write.error)}
        </Text>
      ) : null}
      <Group justify="space-between" mt={6} wrap="nowrap">
        <Text size="xs" c="dimmed" truncate>
          at {placeWords === '' ? where : placeWords}
          {formatClipTime(timeNs, editor.clip.startNs)}
        </Text>
        <Tooltip
          label={
            isPlacing
              ? 'Click into any view'
              : place === null
                ? 'Pin it to a place: then click into any view'
                : 'Take the place away'
          }
        >
          <ActionIcon
            size={26}
            variant={isPlacing || place !== null ? 'filled' : 'default'}
            aria-label="Pin the comment to a place"
            aria-pressed={isPlacing || place !== null}
            onClick={() => (place === null ? setPlacing(!isPlacing) : clear())}
            data-testid="comment-place"
            data-state={isPlacing ? 'placing' : place === null ? 'none' : 'placed'}
          >
            <IconMapPin size={15} />
          </ActionIcon>
        </Tooltip>
        <Button
          size="compact-sm"
          disabled={body.trim() === ''}
          loading={write.isPending}
          onClick={send}
          data-testid="comment-send"
        >
          Comment
        </Button>
      </Group>
    </section>
  );
}

function CommentRow({
  comment,
  onResolve,
  isReply,
}: {
  readonly comment: Comment;
  readonly onResolve: () => void;
  readonly isReply: boolean;
}) {
  const labelling = useLabelling();
  const isResolved = comment.resolved_at !== null;
  const words = isResolved ? 'Open it again' : 'Resolve it';
  return (
    <li className="comment-row" data-testid="comment-row" data-resolved={isResolved || undefined}>
      <button type="button" className="submit-lint" onClick={() => goToComment(labelling, comment)}>
        <span>
          {isReply ? '↳ ' : ''}
          {comment.body}{' '}
          <span className="task-by">
            {comment.author.name}, {formatAge(comment.created_at)} ago
          </span>{' '}
          {isResolved ? (
            <Badge size="xs" variant="light" color="green">
              resolved
            </Badge>
          ) : null}
        </span>
      </button>
      {isReply ? null : (
        <Tooltip label={words}>
          <ActionIcon
            size={22}
            variant="subtle"
            color="gray"
            aria-label={words}
            onClick={onResolve}
            data-testid="comment-resolve"
          >
            {isResolved ? <IconRefresh size={14} /> : <IconCheck size={14} />}
          </ActionIcon>
        </Tooltip>
      )}
    </li>
  );
}

function labelOf(body: Readonly<Record<string, unknown>>): ReturnType<typeof readLabel> {
  return readLabel(body as unknown as WireLabel); // The server has checked it by the format.
}
