import { ActionIcon, Tooltip } from '@mantine/core';
import {
  IconAlertSquareFilled,
  IconAlertTriangleFilled,
  IconChevronDown,
  IconChevronRight,
  IconChevronUp,
  IconCircleCheck,
  IconWand,
} from '@tabler/icons-react';
import { memo } from 'react';

import type { Lint } from '../../core/lints/lint';
import { goToLint } from '../../core/operations/linting';
import { formatClipTime } from '../format';
import { VirtualRows } from '../controls/VirtualRows';
import { useLabelling, useLayout, useReadable, useSession } from './hooks';
import { labelName } from './labelNames';
import { OperationButton } from './OperationButton';

/** Two lines of words, one of where. */
const ROW_PX = 54;

/** What looks wrong, errors first: a click goes there, the wand puts it right. */
export function LintPanel() {
  const { lints: live, layout } = useLabelling();
  const lints = useReadable(live);
  const isOpen = useLayout((value) => value.isLintsOpen);
  const current = useSession((session) => session.lintId);
  const errors = lints.filter(({ severity }) => severity === 'error').length;
  const shown = lints.findIndex(({ id }) => id === current);
  return (
    <section className="panel lint-panel" aria-label="Warnings" data-open={isOpen && lints.length > 0}>
      <header className="panel-header">
        <button
          type="button"
          className="lint-fold"
          aria-expanded={isOpen}
          onClick={() => layout.change({ isLintsOpen: !isOpen })}
        >
          {isOpen ? <IconChevronDown size={14} /> : <IconChevronRight size={14} />}
          <h2>Warnings</h2>
        </button>
        <span className="lint-counts" data-testid="lint-counts">
          {errors > 0 ? (
            <span
              className="lint-count"
              data-severity="error"
              title="Must be put right before the work is done"
            >
              <IconAlertSquareFilled size={12} /> {errors}
            </span>
          ) : null}
          {lints.length > errors ? (
            <span className="lint-count" data-severity="warning" title="May be right: look at them">
              <IconAlertTriangleFilled size={12} /> {lints.length - errors}
            </span>
          ) : null}
          {lints.length === 0 ? <IconCircleCheck size={14} aria-label="Nothing looks wrong" /> : null}
        </span>
        {lints.length === 0 ? null : (
          <span className="panel-actions">
            <OperationButton id="lint.previous" icon={<IconChevronUp size={15} />} size={22} />
            <OperationButton id="lint.next" icon={<IconChevronDown size={15} />} size={22} />
          </span>
        )}
      </header>
      {isOpen && lints.length > 0 ? (
        <VirtualRows count={lints.length} rowHeight_px={ROW_PX} label="Warnings" shownRow={shown}>
          {(index) => {
            const lint = lints[index];
            return lint === undefined ? null : <LintRow key={lint.id} lint={lint} />;
          }}
        </VirtualRows>
      ) : null}
    </section>
  );
}

const LintRow = memo(function LintRow({ lint }: { readonly lint: Lint }) {
  const { editor, titleOf, colorOf } = useLabelling();
  const isCurrent = useSession((session) => session.lintId === lint.id);
  const [first] = lint.labelIds;
  const label = first === undefined ? undefined : editor.document.get(first);
  const [fix] = lint.fixes;
  const reason = lint.labelIds.map((id) => editor.lockedReason(id)).find((words) => words !== null) ?? null;
  const Icon = lint.severity === 'error' ? IconAlertSquareFilled : IconAlertTriangleFilled;
  return (
    <div
      className="row lint-row"
      role="listitem"
      data-selected={isCurrent || undefined}
      data-testid="lint-row"
      data-rule={lint.rule}
      onPointerEnter={() =>
        editor.session.setHover(first === undefined ? null : { labelId: first, handle: null })
      }
      onPointerLeave={() => editor.session.setHover(null)}
    >
      <button
        type="button"
        className="row-main lint-main"
        title={lint.message}
        onClick={() => editor.act(() => goToLint(editor, lint))}
      >
        <Icon size={13} className="lint-icon" data-severity={lint.severity} aria-label={lint.severity} />
        <span className="lint-words">
          <span className="lint-message">{lint.message}</span>
          <span className="lint-where">
            {label === undefined ? null : (
              <>
                <span className="swatch swatch-small" style={{ background: colorOf(label.class) }} />
                {labelName(label, titleOf)}
              </>
            )}
            {lint.timeNs === null ? null : <span>{formatClipTime(lint.timeNs, editor.clip.startNs)}</span>}
          </span>
        </span>
      </button>
      {fix === undefined ? null : (
        <Tooltip label={reason === null ? fix.title : `${fix.title}: ${reason}`}>
          <ActionIcon
            size={22}
            variant="subtle"
            color="gray"
            aria-label={fix.title}
            aria-disabled={reason !== null}
            data-testid="lint-fix"
            onClick={() => {
              if (reason === null) editor.act(() => editor.edit(fix.title, fix.diff(editor.document)));
            }}
          >
            <IconWand size={14} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      )}
    </div>
  );
});
