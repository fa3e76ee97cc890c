import { Text } from '@mantine/core';
import { Fragment } from 'react';

import type { Board } from '../../../api/deskApi';
import { STAGE_TITLES, type Stage, type TaskState } from '../../../core/work/task';
import { formatAge } from '../../format';
import { STATES, STATE_WORDS } from './filters';

type Column = Board['columns'][number];

/** Layers down, stages across: how much is there, in which state, how old, and how fast it goes on. */
export function BoardMatrix({
  board,
  onChoose,
}: {
  readonly board: Board;
  readonly onChoose: (layer: string, stage: Stage, state: TaskState | null) => void;
}) {
  const layers = [...new Set([...board.columns, ...board.done].map(({ layer }) => layer))].sort();
  if (layers.length === 0) return null;
  return (
    <div
      className="board"
      style={{ gridTemplateColumns: `minmax(90px, max-content) repeat(${board.stages.length}, 1fr)` }}
      data-testid="board"
    >
      <span />
      {board.stages.map((stage) => (
        <Text key={stage} size="xs" c="dimmed" fw={600} component="h2" m={0}>
          {STAGE_TITLES[stage]}
        </Text>
      ))}
      {layers.map((layer) => (
        <Fragment key={layer}>
          <Text size="sm" fw={600} pt={10}>
            {layer}
          </Text>
          {board.stages.map((stage) => (
            <Cell
              key={stage}
              columns={board.columns.filter((one) => one.layer === layer && one.stage === stage)}
              done={board.done.find((one) => one.layer === layer && one.stage === stage)}
              title={`${layer}, ${STAGE_TITLES[stage].toLowerCase()}`}
              onChoose={(state) => onChoose(layer, stage, state)}
            />
          ))}
        </Fragment>
      ))}
    </div>
  );
}

function Cell({
  columns,
  done,
  title,
  onChoose,
}: {
  readonly columns: readonly Column[];
  readonly done: Board['done'][number] | undefined;
  readonly title: string;
  readonly onChoose: (state: TaskState | null) => void;
}) {
  const count = columns.reduce((sum, column) => sum + column.count, 0);
  const waiting = columns.find((column) => column.state === 'ready')?.waiting_since ?? null;
  if (count === 0 && done === undefined) return <div className="board-cell" data-empty />;
  return (
    <div className="board-cell" data-testid={`board-cell ${title}`}>
      <div className="board-cell-head">
        <button
          type="button"
          className="board-count"
          onClick={() => onChoose(null)}
          aria-label={`${count.toLocaleString()}: show ${title}`}
        >
          {count.toLocaleString()}
        </button>
        {done === undefined ? null : (
          <Text size="xs" c="dimmed" title={`${done.last_week} went on in the last 7 days`}>
            {done.last_day} in 24 h
          </Text>
        )}
      </div>
      <div className="board-states">
        {STATES.map((state) => {
          const column = columns.find((one) => one.state === state);
          if (column === undefined || (state === 'closed' && columns.length === 1)) return null;
          return (
            <button
              key={state}
              type="button"
              className="board-state"
              data-state={state}
              onClick={() => onChoose(state)}
            >
              {column.count.toLocaleString()} {STATE_WORDS[state]}
            </button>
          );
        })}
      </div>
      {waiting === null ? null : (
        <Text size="xs" c="dimmed">
          oldest {formatAge(waiting)}
        </Text>
      )}
    </div>
  );
}

/** Open tasks by priority; a click shows only these. */
export function BoardPriorities({
  board,
  onChoose,
}: {
  readonly board: Board;
  readonly onChoose: (priority: number) => void;
}) {
  if (board.priorities.length < 2) return null;
  return (
    <section aria-label="By priority" className="board-priorities">
      <Text size="xs" c="dimmed" fw={600}>
        Priority
      </Text>
      {board.priorities.map((row) => (
        <button
          key={row.priority}
          type="button"
          className="board-state"
          onClick={() => onChoose(row.priority)}
          title={`${row.taken} in work, ${row.held} held`}
          data-testid="board-priority"
        >
          <strong>{row.priority}</strong> {row.ready.toLocaleString()} wait
          {row.waiting_since === null ? '' : `, oldest ${formatAge(row.waiting_since)}`}
        </button>
      ))}
    </section>
  );
}
