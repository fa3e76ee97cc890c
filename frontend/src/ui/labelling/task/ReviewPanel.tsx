import {
  ActionIcon,
  Badge,
  Button,
  Group,
  ScrollArea,
  SegmentedControl,
  Stack,
  Text,
  Textarea,
  Tooltip,
} from '@mantine/core';
import { IconCheck, IconMapPin, IconRefresh } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';

import type { Comment, LabelChange } from '../../../api/workApi';
import { labelId } from '../../../core/document/ids';
import { isCuboid } from '../../../core/document/label';
import { classNamed } from '../../../core/document/ontology';
import { readLabel, type WireLabel } from '../../../core/document/readLabel';
import { trackOf } from '../../../core/geometry/track';
import type { BeforeMode } from '../../../core/work/beforeView';
import { changeWords, type Naming } from '../../../core/work/changeWords';
import type { Task } from '../../../core/work/task';
import { formatAge, formatClipTime } from '../../format';
import { work } from '../../server/api';
import { sentenceOf } from '../../server/errors';
import { changesQuery, commentsQuery, correctionQuery } from '../../server/work';
import { useLabelling, useLabels, useReadable, useSession } from '../hooks';
import { KeyList } from '../Keys';
import { labelName, shortId } from '../labelNames';
import { useOperation } from '../useOperation';
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
  const { before } = useLabelling();
  const mode = useReadable(before.mode);
  const changes = useQuery(changesQuery(task.id));
  const flip = useOperation('change.before');
  if (changes.isError) {
    return (
      <Text size="sm" c="red">
        {sentenceOf(changes.error)}
      </Text>
    );
  }
  if (changes.data === undefined || changes.data.since_revision === null) return null;
  const { since, changes: list } = changes.data;
  return (
    <section aria-label={`Changed since ${since}`}>
      <Group justify="space-between" mb={4} wrap="nowrap">
        <Text size="sm" fw={600}>
          {list.length === 0 ? `Nothing changed since ${since}` : `Changed since ${since}`}
        </Text>
        {list.length === 0 ? null : (
          <Tooltip
            label={
              <>
                In all views: as it is, also as it was, or only as it was <KeyList keys={flip.item.keys} />
              </>
            }
          >
            <SegmentedControl
              size="xs"
              aria-label="What the views show"
              data={MODES}
              value={mode}
              onChange={(value) => before.set(value as BeforeMode)}
              data-testid="before-mode"
            />
          </Tooltip>
        )}
      </Group>
      <ul className="submit-lints">
        {list.map((change) => (
          <ChangeRow key={change.label_id} change={change} />
        ))}
      </ul>
    </section>
  );
}

const MODES = [
  { value: 'now', label: 'Now' },
  { value: 'both', label: 'Both' },
  { value: 'before', label: 'Before' },
];

function ChangeRow({ change }: { readonly change: LabelChange }) {
  const { editor, titleOf } = useLabelling();
  const labels = useLabels();
  const id = labelId(change.label_id);
  const now = labels.get(id);
  const was = useMemo(() => (change.before === null ? undefined : labelOf(change.before)), [change]);
  const shown = now ?? was;
  const naming: Naming = {
    classTitle: titleOf,
    attributeTitle: (className, name) =>
      classNamed(editor.layer, className)?.attributes.find((one) => one.name === name)?.title ?? name,
    time: (timeNs) => formatClipTime(timeNs, editor.clip.startNs),
  };
  // Of the label as it is on the screen: the reviewer's own corrections count at once.
  const words = was === undefined || now === undefined ? [change.kind] : changeWords(was, now, naming);
  const go = (): void => {
    editor.session.set({ sought: { labelId: id } });
    if (now !== undefined) editor.session.select(id);
  };
  return (
    <li>
      <button type="button" className="submit-lint" onClick={go} data-testid="change-row">
        <span aria-hidden>{SIGNS[change.kind]}</span>
        <span>
          {shown === undefined ? shortId(id) : labelName(shown, titleOf)}{' '}
          <span className="change-words">{words.join(', ')}</span>{' '}
          {change.author === null ? null : <span className="task-by">by {change.author}</span>}
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
