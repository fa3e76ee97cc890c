import { Button, Group, ScrollArea, Stack, Text } from '@mantine/core';
import { IconAlertSquareFilled, IconAlertTriangleFilled, IconCircleCheck } from '@tabler/icons-react';
import { useEffect, useState } from 'react';

import { lint, type Lint } from '../../../core/lints/lint';
import { preLabelLints, type PartOfClip } from '../../../core/lints/preLabelLints';
import { goToLint } from '../../../core/operations/linting';
import { isReviewing, type Task } from '../../../core/work/task';
import type { TaskDesk } from '../../../core/work/taskDesk';
import { useLabelling, useLabels } from '../hooks';
import { labelName } from '../labelNames';
import { prefetchClip } from '../prefetch';
import { doWithTask } from './handIn';

/** So many warnings are listed here; the panel at the left has them all. */
const SHOWN = 8;

/** What looks wrong, before the task is handed in. Errors have to be put right first. */
export function SubmitPanel({ desk }: { readonly desk: TaskDesk }) {
  const labelling = useLabelling();
  const { editor, taskPanel } = labelling;
  const labels = useLabels();
  // Not what was found last: what is so now.
  const [lints] = useState<readonly Lint[]>(() => [
    ...preLabelLints(editor.document.labels().values(), partOf(desk.task)),
    ...editor.lints.get(),
    ...undecidedLints(labelling.adjudication?.openCount ?? 0),
  ]);
  const [next, setNext] = useState<Task | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);
  useEffect(() => {
    let isGone = false;
    // The next task is taken and fetched while the person looks at this list.
    void desk.reserve().then((task) => {
      if (isGone) return;
      setNext(task);
      if (task !== null && task.clip_id !== editor.clip.manifest.id) prefetchClip(task.clip_id, task.from_ns);
    });
    return () => {
      isGone = true;
    };
  }, [desk, editor]);
  const errors = lints.filter(({ severity }) => severity === 'error');
  const listed = [...errors, ...lints.filter(({ severity }) => severity !== 'error')];
  const isReview = isReviewing(desk.task.stage);
  const send = (): void => {
    setBusy(true);
    void doWithTask(labelling, desk, isReview ? 'accept' : 'submit').then((found) => {
      setTrouble(found);
      setBusy(false);
    });
  };
  return (
    <Stack gap="sm" data-testid="submit-panel">
      <Text size="sm" fw={600}>
        {labels.size === 0 ? (
          'There are no labels: is there really nothing to label here?'
        ) : lints.length === 0 ? (
          <span className="submit-fine">
            <IconCircleCheck size={16} /> Nothing looks wrong with {count(labels.size, 'label')}
          </span>
        ) : (
          headline(errors.length, lints.length - errors.length)
        )}
      </Text>
      {listed.length === 0 ? null : (
        <ScrollArea.Autosize mah={260} type="auto">
          <ul className="submit-lints">
            {listed.slice(0, SHOWN).map((lint) => (
              <li key={lint.id}>
                <button
                  type="button"
                  className="submit-lint"
                  data-testid="submit-lint"
                  data-severity={lint.severity}
                  onClick={() => {
                    taskPanel.set(null);
                    editor.act(() => goToLint(editor, lint));
                  }}
                >
                  {lint.severity === 'error' ? (
                    <IconAlertSquareFilled
                      size={13}
                      className="lint-icon"
                      data-severity="error"
                      aria-label="error"
                    />
                  ) : (
                    <IconAlertTriangleFilled
                      size={13}
                      className="lint-icon"
                      data-severity="warning"
                      aria-label="warning"
                    />
                  )}
                  <span>
                    {lint.message} <span className="task-by">{nameOf(lint)}</span>
                  </span>
                </button>
              </li>
            ))}
          </ul>
          {listed.length > SHOWN ? (
            <Text size="xs" c="dimmed" pt={4}>
              and {listed.length - SHOWN} more under “Warnings”
            </Text>
          ) : null}
        </ScrollArea.Autosize>
      )}
      {trouble === null ? null : (
        <Text size="xs" c="red" role="alert" data-testid="submit-trouble">
          {trouble}
        </Text>
      )}
      <Group justify="space-between" wrap="nowrap">
        <Text size="xs" c="dimmed" truncate>
          {next === null ? '' : `Next: ${next.clip_name}`}
        </Text>
        <Button
          size="xs"
          data-autofocus
          loading={isBusy}
          disabled={errors.length > 0}
          title={errors.length > 0 ? 'Put the errors right first' : undefined}
          onClick={send}
          data-testid="submit-send"
        >
          {isReview ? 'Accept' : lints.length > 0 ? 'Submit anyway' : 'Submit'}
        </Button>
      </Group>
    </Stack>
  );

  function nameOf(lint: Lint): string {
    const [id] = lint.labelIds;
    const label = id === undefined ? undefined : labels.get(id);
    return label === undefined ? '' : labelName(label, labelling.titleOf);
  }
}

function partOf({ from_ns, to_ns }: Task): PartOfClip | null {
  return from_ns === null || to_ns === null ? null : { fromNs: BigInt(from_ns), toNs: BigInt(to_ns) };
}

/** Things between whose versions nobody has decided are left away. */
function undecidedLints(count: number): Lint[] {
  if (count === 0) return [];
  const message = `${count === 1 ? '1 thing is' : `${count} things are`} not decided: left away as it stands.`;
  return [lint({ rule: 'undecided', severity: 'warning', labelIds: [], timeNs: null, message, fixes: [] })];
}

function headline(errors: number, warnings: number): string {
  if (errors === 0)
    return `${count(warnings, 'thing')} may be wrong: look at ${warnings === 1 ? 'it' : 'them'}`;
  const rest = warnings > 0 ? `, and ${count(warnings, 'thing')} may be wrong` : '';
  return `${count(errors, 'error')} to put right first${rest}`;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
