import { Badge, Button, Menu, Popover, Tooltip } from '@mantine/core';
import {
  IconAlertTriangle,
  IconArrowBackUp,
  IconArrowRight,
  IconCheck,
  IconDots,
  IconDownload,
  IconMessage,
  IconPlayerPause,
  IconPlayerPlay,
  IconUserShare,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { isReviewing, STAGE_TITLES, type Task } from '../../../core/work/task';
import type { DeskState, TaskDesk } from '../../../core/work/taskDesk';
import { changesQuery, commentsQuery } from '../../server/work';
import { useLabelling, useReadable } from '../hooks';
import { KeyList } from '../Keys';
import { useOperation } from '../useOperation';
import { HandOverPanel } from './HandOverPanel';
import { ReasonPanel } from './ReasonPanel';
import { ReviewPanel } from './ReviewPanel';
import { usePins } from './usePins';
import { SubmitPanel } from './SubmitPanel';
import type { TaskPanel } from './taskOperations';
import './task.css';

/** The task on the screen: what it is, whose, and handing it in. */
export function TaskBar() {
  const { desk } = useLabelling();
  return desk === null ? null : <Bar desk={desk} />;
}

function Bar({ desk }: { readonly desk: TaskDesk }) {
  const state = useReadable(desk.state);
  const { task } = desk;
  return (
    <section
      className="task-bar"
      aria-label="Task"
      data-kind={state.kind}
      data-testid="task-bar"
      data-stage={task.stage}
    >
      <Badge size="sm" radius="sm" variant="light" color={task.stage === 'fix' ? 'orange' : 'accent'}>
        {STAGE_TITLES[task.stage]}
      </Badge>
      <span className="task-what">
        <strong>{task.layer}</strong>
        <TaskPart task={task} />
        {task.labeller !== null && isReviewing(task.stage) ? <span>by {task.labeller.name}</span> : null}
        {task.sent_back_count > 0 ? <span>sent back {times(task.sent_back_count)}</span> : null}
      </span>
      <Reason task={task} />
      <span className="task-space" />
      <AsItWas />
      <Talk task={task} />
      <LeaseWords state={state} />
      {state.kind === 'held' || state.kind === 'paused' ? (
        <Actions desk={desk} isPaused={state.kind === 'paused'} />
      ) : (
        <Recovery desk={desk} state={state} />
      )}
    </section>
  );
}

/** Says so where the views don't show the present, and leads back. */
function AsItWas() {
  const { before } = useLabelling();
  const mode = useReadable(before.mode);
  const flip = useOperation('change.before');
  if (mode !== 'before') return null;
  return (
    <Tooltip label="What changed is shown as it was. Click: as it is">
      <Button
        size="compact-sm"
        color="yellow"
        variant="light"
        rightSection={<KeyList keys={flip.item.keys} />}
        onClick={flip.run}
        data-testid="as-it-was"
      >
        As it was
      </Button>
    </Tooltip>
  );
}

/** What was said and changed; it stays open beside the views. */
function Talk({ task }: { readonly task: Task }) {
  const comments = useQuery(commentsQuery(task.id));
  const [isOpen, setOpen] = useState(false);
  const changes = useQuery({ ...changesQuery(task.id), enabled: isOpen || isReviewing(task.stage) });
  usePins(comments.data, changes.data?.changes);
  const open = (comments.data ?? []).filter(
    (comment) => comment.resolved_at === null && comment.parent_id === null,
  ).length;
  const changed = changes.data?.changes.length ?? 0;
  return (
    <Popover
      opened={isOpen}
      onChange={setOpen}
      closeOnClickOutside={false}
      position="bottom-end"
      width={400}
      shadow="md"
    >
      <Popover.Target>
        <Button
          size="compact-sm"
          variant={open > 0 ? 'light' : 'subtle'}
          color={open > 0 ? 'orange' : 'gray'}
          leftSection={<IconMessage size={14} />}
          onClick={() => setOpen(!isOpen)}
          data-testid="task-talk"
        >
          {open === 0 ? 'Comments' : `${open} open`}
          {changed === 0 ? '' : `, ${changed} changed`}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>{isOpen ? <ReviewPanel task={task} /> : null}</Popover.Dropdown>
    </Popover>
  );
}

function times(count: number): string {
  return count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`;
}

/** Which part of the clip is to be labelled, where it isn't all. */
function TaskPart({ task }: { readonly task: Task }) {
  const { editor } = useLabelling();
  if (task.from_ns === null || task.to_ns === null) return null;
  const seconds = (text: string): string => (Number(BigInt(text) - editor.clip.startNs) / 1e9).toFixed(1);
  return (
    <button
      type="button"
      className="task-part"
      title="Label this part of the clip; others label the rest. Click: to its beginning"
      onClick={() => editor.session.set({ timeNs: BigInt(task.from_ns ?? 0), isPlaying: false })}
    >
      {seconds(task.from_ns)}–{seconds(task.to_ns)} s
    </button>
  );
}

/** What the reviewer, or who handed it over, wants. */
function Reason({ task }: { readonly task: Task }) {
  const reason = task.reason ?? null;
  if (reason === null || reason.note === '') return null;
  const words = `${reason.actor?.name ?? 'Somebody'}: ${reason.note}`;
  return (
    <Tooltip label={words} maw={480}>
      <span className="task-reason" data-testid="task-reason">
        “{reason.note}” <span className="task-by">{reason.actor?.name}</span>
      </span>
    </Tooltip>
  );
}

function LeaseWords({ state }: { readonly state: DeskState }) {
  if (state.kind === 'paused') return <span className="task-lease">paused</span>;
  if (state.kind !== 'held') return null;
  const expires = state.lease.expires_at;
  const minutes =
    expires === null ? 0 : Math.round((Date.parse(expires) - Date.parse(state.lease.heard_at)) / 60_000);
  if (state.isUncertain) {
    return (
      <Tooltip label="The server was not heard of for longer than your lease lasts. Go on working: what you do is kept here, and is saved as soon as it answers, if nobody else has taken the task.">
        <span className="task-lease" data-tone="attention">
          <IconAlertTriangle size={14} /> lease uncertain
        </span>
      </Tooltip>
    );
  }
  return (
    <Tooltip
      label={`Yours as long as this page is open, and ${Math.max(1, minutes)} min after it was last heard of.`}
    >
      <span className="task-lease">yours</span>
    </Tooltip>
  );
}

function Actions({ desk, isPaused }: { readonly desk: TaskDesk; readonly isPaused: boolean }) {
  const labelling = useLabelling();
  const panel = useReadable(labelling.taskPanel);
  const isReview = isReviewing(desk.task.stage);
  const submit = useOperation('task.submit');
  const pause = useOperation('task.pause');
  const close = (): void => labelling.taskPanel.set(null);
  const open = (next: TaskPanel): void => labelling.taskPanel.set(panel === next ? null : next);
  return (
    <>
      <Tooltip label={isPaused ? 'Go on' : 'Pause: the task stays yours, however long'}>
        <Button
          size="compact-sm"
          variant={isPaused ? 'filled' : 'subtle'}
          color={isPaused ? 'accent' : 'gray'}
          leftSection={isPaused ? <IconPlayerPlay size={14} /> : <IconPlayerPause size={14} />}
          onClick={pause.run}
          data-testid="task-pause"
        >
          {isPaused ? 'Resume' : 'Pause'}
        </Button>
      </Tooltip>
      <Popover
        opened={panel === 'skip' || panel === 'hand_over'}
        onDismiss={close}
        position="bottom-end"
        width={360}
        shadow="md"
        trapFocus
      >
        <Popover.Target>
          <span>
            <Menu position="bottom-end" width={240}>
              <Menu.Target>
                <Button
                  size="compact-sm"
                  variant="subtle"
                  color="gray"
                  aria-label="More about the task"
                  data-testid="task-more"
                >
                  <IconDots size={15} />
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item
                  leftSection={<IconArrowRight size={15} />}
                  onClick={() => open('skip')}
                  data-testid="task-skip"
                >
                  Skip it, with a reason
                </Menu.Item>
                <Menu.Item
                  leftSection={<IconUserShare size={15} />}
                  onClick={() => open('hand_over')}
                  data-testid="task-hand-over"
                >
                  Hand it over
                </Menu.Item>
                <Menu.Item
                  leftSection={<IconArrowBackUp size={15} />}
                  onClick={() => labelling.editor.run('task.return')}
                  data-testid="task-return"
                >
                  Give it back to the queue
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          </span>
        </Popover.Target>
        <Popover.Dropdown>
          {panel === 'skip' ? <ReasonPanel desk={desk} action="skip" /> : null}
          {panel === 'hand_over' ? <HandOverPanel desk={desk} /> : null}
        </Popover.Dropdown>
      </Popover>
      {isReview ? (
        <Popover
          opened={panel === 'send_back'}
          onDismiss={close}
          position="bottom-end"
          width={360}
          shadow="md"
          trapFocus
        >
          <Popover.Target>
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<IconArrowBackUp size={14} />}
              onClick={() => open('send_back')}
              data-testid="task-send-back"
            >
              Send back
            </Button>
          </Popover.Target>
          <Popover.Dropdown>
            <ReasonPanel desk={desk} action="send_back" />
          </Popover.Dropdown>
        </Popover>
      ) : null}
      <Popover
        opened={panel === 'submit'}
        onDismiss={close}
        position="bottom-end"
        width={420}
        shadow="md"
        trapFocus
      >
        <Popover.Target>
          <Button
            size="compact-sm"
            leftSection={<IconCheck size={14} />}
            rightSection={<KeyList keys={submit.item.keys} />}
            onClick={submit.run}
            disabled={isPaused}
            data-testid="task-submit"
          >
            {isReview ? 'Accept' : 'Submit'}
          </Button>
        </Popover.Target>
        <Popover.Dropdown>{panel === 'submit' ? <SubmitPanel desk={desk} /> : null}</Popover.Dropdown>
      </Popover>
    </>
  );
}

/** Without the lease: why, and the ways on. Nothing that was done is lost. */
function Recovery({ desk, state }: { readonly desk: TaskDesk; readonly state: DeskState }) {
  const { editor, notice } = useLabelling();
  const [isBusy, setBusy] = useState(false);
  if (state.kind === 'done') return null;
  const take = (): void => {
    setBusy(true);
    void desk.takeOver().then((trouble) => {
      setBusy(false);
      if (trouble !== null) notice.set({ words: trouble });
    });
  };
  const isLost = state.kind === 'lost';
  const canTake = isLost || (desk.task.state === 'ready' && desk.task.lease === null);
  return (
    <>
      <span
        className="task-lease task-banner"
        data-tone={isLost ? 'error' : undefined}
        role={isLost ? 'alert' : undefined}
        data-testid="task-banner"
      >
        {isLost ? <IconAlertTriangle size={14} /> : null}
        {desk.readOnlyReason}
      </span>
      {isLost ? (
        <Tooltip label="A file with the labels as they are on your screen">
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconDownload size={14} />}
            onClick={() => keepCopy(desk.task, [...editor.document.labels().values()])}
            data-testid="task-keep-copy"
          >
            Keep a copy
          </Button>
        </Tooltip>
      ) : null}
      {canTake ? (
        <Button size="compact-sm" loading={isBusy} onClick={take} data-testid="task-take-over">
          {isLost ? 'Take it over again' : 'Take this task'}
        </Button>
      ) : null}
    </>
  );
}

/** Saves the labels on the screen as a file of `labelapp-labels/1`, which can be imported. */
function keepCopy(task: Task, labels: readonly unknown[]): void {
  const text = JSON.stringify({ format: 'labelapp-labels/1', layer: task.layer, source: 'human', labels });
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `${task.clip_name}-${task.layer}-unsaved.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
