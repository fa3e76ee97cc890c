import { Button, Group, Text } from '@mantine/core';
import { IconDownload, IconPlus } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { useSearchParams } from 'wouter';

import { boardQuery, tasksQuery } from '../../server/desk';
import { sentenceOf } from '../../server/errors';
import { projectQuery } from '../../server/queries';
import { Loading } from '../../shell/Loading';
import { Notice } from '../../shell/Notice';
import { BoardMatrix, BoardPriorities } from './BoardMatrix';
import { BulkBar } from './BulkBar';
import { DeskFrame } from './DeskFrame';
import { FilterBar } from './FilterBar';
import { filtersOf, listQueryOf, onlyPlace, SORT, withFilter } from './filters';
import { NewTasks } from './NewTasks';
import { DEFAULT_SORT, TaskTable } from './TaskTable';

const NONE: ReadonlySet<string> = new Set();

/** A project's queues: counts above, the tasks themselves below, and what is done to many of them. */
export function BoardPage({ slug }: { readonly slug: string }) {
  const [isMaking, setMaking] = useState(false);
  const project = useQuery(projectQuery(slug));
  const isAdmin = project.data?.role === 'admin';
  const layers = (project.data?.ontology?.layers ?? []).map(({ name }) => name);
  return (
    <DeskFrame
      slug={slug}
      aside={
        isAdmin ? (
          <Button
            size="sm"
            leftSection={<IconPlus size={16} stroke={1.6} />}
            onClick={() => setMaking(true)}
            data-testid="new-tasks-button"
          >
            New tasks
          </Button>
        ) : null
      }
    >
      <Queues slug={slug} layers={layers} isAdmin={isAdmin} onNew={() => setMaking(true)} />
      {layers.length === 0 ? null : (
        <NewTasks slug={slug} layers={layers} isOpen={isMaking} onClose={() => setMaking(false)} />
      )}
    </DeskFrame>
  );
}

function Queues({
  slug,
  layers,
  isAdmin,
  onNew,
}: {
  readonly slug: string;
  readonly layers: readonly string[];
  readonly isAdmin: boolean;
  readonly onNew: () => void;
}) {
  const [params, setParams] = useSearchParams();
  const filters = filtersOf(params);
  const query = listQueryOf(params);
  const board = useQuery(boardQuery(slug, filters));
  const list = useInfiniteQuery(tasksQuery(slug, query));
  const [selection, setSelection] = useState<{
    readonly ids: ReadonlySet<string>;
    readonly every: string | null;
  }>({
    ids: NONE,
    every: null,
  });
  const change = (next: URLSearchParams): void => {
    setSelection({ ids: NONE, every: null });
    setParams(next, { replace: true });
  };
  const { fetchNextPage } = list;
  const more = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  if (board.isPending) return <Loading what="the board" />;
  if (board.isError) {
    return <Notice title="The board could not be loaded">{sentenceOf(board.error)}</Notice>;
  }
  if (filters === '' && board.data.count === 0) {
    return (
      <Notice
        title="There are no tasks yet"
        action={isAdmin ? <Button onClick={onNew}>New tasks</Button> : undefined}
      >
        A task is one layer of one clip, to be labelled and reviewed. Make them for all clips of a kind at
        once.
      </Notice>
    );
  }
  const tasks = list.data?.pages.flatMap((page) => page.results) ?? [];
  const count = list.data?.pages[0]?.count ?? board.data.count;
  const isEvery = selection.every === filters;
  const chosen = isEvery ? count : selection.ids.size;
  return (
    <>
      <FilterBar slug={slug} layers={layers} params={params} onChange={change} />
      <BoardMatrix
        board={board.data}
        onChoose={(layer, stage, state) => change(onlyPlace(params, layer, stage, state))}
      />
      <BoardPriorities
        board={board.data}
        onChoose={(priority) =>
          change(
            withFilter(withFilter(params, 'priority_from', [String(priority)]), 'priority_to', [
              String(priority),
            ]),
          )
        }
      />
      {isAdmin && chosen > 0 ? (
        <BulkBar
          slug={slug}
          ids={[...selection.ids]}
          query={isEvery ? filters : null}
          count={chosen}
          everyCount={count}
          onSelectEvery={() => setSelection({ ids: NONE, every: filters })}
          onClear={() => setSelection({ ids: NONE, every: null })}
        />
      ) : null}
      <Group justify="space-between">
        <Text size="sm" c="dimmed" role="status" data-testid="task-count">
          {count.toLocaleString()} {count === 1 ? 'task' : 'tasks'}
        </Text>
        <Button
          component="a"
          href={`/api/projects/${slug}/tasks/file?${query}`}
          download
          size="compact-sm"
          variant="default"
          leftSection={<IconDownload size={14} />}
          data-testid="tasks-csv"
        >
          CSV
        </Button>
      </Group>
      {list.isError ? <Notice title="The tasks could not be loaded">{sentenceOf(list.error)}</Notice> : null}
      {list.isSuccess && tasks.length === 0 ? (
        <Notice title="No task is like this">Take a filter away to see more.</Notice>
      ) : (
        <TaskTable
          key={query}
          tasks={tasks}
          isMore={list.hasNextPage}
          isFetching={list.isFetchingNextPage || list.isPending}
          sort={params.get(SORT) ?? DEFAULT_SORT}
          selected={selection.ids}
          isEverySelected={isEvery}
          onMore={more}
          onSort={(sort) => change(withFilter(params, SORT, sort === DEFAULT_SORT ? [] : [sort]))}
          onSelect={(ids) => setSelection({ ids, every: null })}
        />
      )}
    </>
  );
}
