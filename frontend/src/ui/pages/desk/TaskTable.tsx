import { Checkbox, Loader, Text } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { Link, useLocation } from 'wouter';

import { STAGE_TITLES, taskAddress, type Task } from '../../../core/work/task';
import { formatAge } from '../../format';
import { useShownRows } from '../../controls/useShownRows';
import { useUiScale } from '../../look/useLook';
import { STATE_TITLES } from './filters';

const ROW_PX = 36;
/** The next page is fetched when so many rows are left below. */
const AHEAD = 100;

/** What a column is called, and what it is sorted by, upwards first. */
const COLUMNS: readonly (readonly [title: string, sorts: readonly [string, string] | null])[] = [
  ['Clip', ['clip', '-clip']],
  ['Layer', null],
  ['Stage', null],
  ['State', null],
  ['Priority', ['-priority', 'priority']],
  ['Assigned to', null],
  ['Labelled by', null],
  ['Reviewed by', null],
  ['Back', null],
  ['Waits', ['ready_since', '-ready_since']],
  ['Changed', ['-changed_at', 'changed_at']],
];
export const DEFAULT_SORT = '-priority';

/** Any number of tasks: rows in sight are made, pages come as one scrolls. */
export function TaskTable({
  tasks,
  isMore,
  isFetching,
  sort,
  selected,
  isEverySelected,
  onMore,
  onSort,
  onSelect,
}: {
  readonly tasks: readonly Task[];
  readonly isMore: boolean;
  readonly isFetching: boolean;
  readonly sort: string;
  readonly selected: ReadonlySet<string>;
  /** All that the filters find, whether they are here or not. */
  readonly isEverySelected: boolean;
  readonly onMore: () => void;
  readonly onSort: (sort: string) => void;
  readonly onSelect: (selected: ReadonlySet<string>) => void;
}) {
  const rowHeight_px = ROW_PX * useUiScale();
  const frame = useRef<HTMLDivElement>(null);
  const anchor = useRef(0);
  const [, go] = useLocation();
  const [focused, setFocused] = useState(0);
  const range = useShownRows(frame, rowHeight_px);
  const at = Math.min(focused, Math.max(0, tasks.length - 1));
  useEffect(() => {
    if (isMore && !isFetching && range.to > tasks.length - AHEAD) onMore();
  }, [isMore, isFetching, range.to, tasks.length, onMore]);

  const toggle = (index: number, isRange: boolean): void => {
    const next = new Set(selected);
    const task = tasks[index];
    if (task === undefined) return;
    const isOn = !selected.has(task.id);
    const [first, last] = isRange
      ? [Math.min(anchor.current, index), Math.max(anchor.current, index)]
      : [index, index];
    for (const one of tasks.slice(first, last + 1)) {
      if (isOn) next.add(one.id);
      else next.delete(one.id);
    }
    anchor.current = index;
    onSelect(next);
  };
  const focus = (index: number): void => {
    const to = Math.max(0, Math.min(tasks.length - 1, index));
    setFocused(to);
    const element = frame.current;
    if (element === null) return;
    const top = to * rowHeight_px;
    const head = rowHeight_px;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + rowHeight_px + head > element.scrollTop + element.clientHeight) {
      element.scrollTop = top + rowHeight_px + head - element.clientHeight;
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: 15, PageUp: -15 };
    const step = steps[event.key];
    const task = tasks[at];
    if (step !== undefined) {
      if (event.shiftKey && Math.abs(step) === 1)
        toggle(Math.max(0, Math.min(tasks.length - 1, at + step)), true);
      focus(at + step);
    } else if (event.key === 'Home') focus(0);
    else if (event.key === 'End') focus(tasks.length - 1);
    else if (event.key === ' ') toggle(at, event.shiftKey);
    else if (event.key === 'Enter' && task !== undefined) go(taskAddress(task));
    else return;
    event.preventDefault();
  };
  const isAll = isEverySelected || (tasks.length > 0 && tasks.every(({ id }) => selected.has(id)));
  const shown = tasks.slice(range.from, range.to);
  return (
    <div
      ref={frame}
      className="task-table"
      role="grid"
      aria-label="Tasks"
      aria-rowcount={tasks.length + 1}
      aria-multiselectable
      aria-activedescendant={tasks[at] === undefined ? undefined : `task-${tasks[at].id}`}
      tabIndex={0}
      onKeyDown={onKeyDown}
      data-testid="task-table"
    >
      <div role="row" className="task-row task-head" aria-rowindex={1}>
        <span role="columnheader">
          <Checkbox
            size="xs"
            tabIndex={-1}
            aria-label="Select all that are shown"
            checked={isAll}
            indeterminate={!isAll && selected.size > 0}
            onChange={() => onSelect(isAll ? new Set() : new Set(tasks.map(({ id }) => id)))}
            data-testid="select-shown"
          />
        </span>
        {COLUMNS.map(([title, sorts]) => (
          <Head key={title} title={title} sorts={sorts} sort={sort} onSort={onSort} />
        ))}
      </div>
      <div style={{ height: tasks.length * rowHeight_px, position: 'relative' }}>
        <div style={{ position: 'absolute', insetInline: 0, top: range.from * rowHeight_px }}>
          {shown.map((task, offset) => {
            const index = range.from + offset;
            return (
              <TaskRow
                key={task.id}
                task={task}
                index={index}
                height_px={rowHeight_px}
                isFocused={index === at}
                isSelected={isEverySelected || selected.has(task.id)}
                onToggle={(isRange) => {
                  setFocused(index);
                  toggle(index, isRange);
                }}
              />
            );
          })}
        </div>
      </div>
      {isFetching ? (
        <div className="task-more">
          <Loader size="xs" />
        </div>
      ) : null}
    </div>
  );
}

function Head({
  title,
  sorts,
  sort,
  onSort,
}: {
  readonly title: string;
  readonly sorts: readonly [string, string] | null;
  readonly sort: string;
  readonly onSort: (sort: string) => void;
}) {
  if (sorts === null) return <span role="columnheader">{title}</span>;
  const isSorted = sorts.includes(sort);
  const isDown = sort.startsWith('-');
  return (
    <span role="columnheader" aria-sort={!isSorted ? 'none' : isDown ? 'descending' : 'ascending'}>
      <button
        type="button"
        tabIndex={-1}
        className="task-sort"
        onClick={() => onSort(sort === sorts[0] ? sorts[1] : sorts[0])}
        data-testid={`sort-${sorts[0].replace('-', '')}`}
      >
        {title}
        {!isSorted ? null : isDown ? <IconArrowDown size={13} /> : <IconArrowUp size={13} />}
      </button>
    </span>
  );
}

function TaskRow({
  task,
  index,
  height_px,
  isFocused,
  isSelected,
  onToggle,
}: {
  readonly task: Task;
  readonly index: number;
  readonly height_px: number;
  readonly isFocused: boolean;
  readonly isSelected: boolean;
  readonly onToggle: (isRange: boolean) => void;
}) {
  return (
    <div
      id={`task-${task.id}`}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      className="task-row"
      data-focused={isFocused || undefined}
      data-selected={isSelected || undefined}
      style={{ height: height_px }}
      onClick={(event) => {
        if (!(event.target as Element).closest('a, input')) onToggle(event.shiftKey);
      }}
      data-testid="task-row"
    >
      <span role="gridcell">
        <Checkbox
          size="xs"
          tabIndex={-1}
          aria-label={`Select ${task.clip_name}`}
          checked={isSelected}
          onChange={(event) => onToggle((event.nativeEvent as MouseEvent).shiftKey)}
        />
      </span>
      <span role="gridcell">
        <Link href={taskAddress(task)} tabIndex={-1} className="task-link">
          {task.clip_name}
        </Link>
        {task.from_ns === null ? null : (
          <Text span size="xs" c="dimmed">
            {' '}
            part
          </Text>
        )}
      </span>
      <span role="gridcell">{task.layer}</span>
      <span role="gridcell">{STAGE_TITLES[task.stage]}</span>
      <span role="gridcell">
        <span className="task-state" data-state={task.state}>
          {STATE_TITLES[task.state]}
        </span>
        {task.lease === null ? null : (
          <Text span size="xs" ml={6}>
            {task.lease.holder.name}
          </Text>
        )}
      </span>
      <span role="gridcell" className="task-number">
        {task.priority}
      </span>
      <span role="gridcell">{task.assigned_to?.name}</span>
      <span role="gridcell">{task.labeller?.name}</span>
      <span role="gridcell">{task.reviewer?.name}</span>
      <span role="gridcell" className="task-number">
        {task.sent_back_count === 0 ? '' : task.sent_back_count}
      </span>
      <span role="gridcell" className="task-number">
        {task.state === 'ready' ? formatAge(task.ready_since) : ''}
      </span>
      <span role="gridcell" className="task-number">
        {formatAge(task.changed_at)}
      </span>
    </div>
  );
}
