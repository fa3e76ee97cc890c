import { ActionIcon, Loader, TextInput, Tooltip } from '@mantine/core';
import {
  IconAlertTriangleFilled,
  IconChevronDown,
  IconChevronRight,
  IconEye,
  IconEyeOff,
  IconLock,
  IconLockOpen2,
  IconPinned,
  IconRouteSquare,
  IconSearch,
  IconX,
} from '@tabler/icons-react';
import { memo, useMemo, useState } from 'react';

import type { LabelId } from '../../core/document/ids';
import { isCuboid, type Label } from '../../core/document/label';
import { isPreLabel, scoreOf } from '../../core/document/origin';
import type { Lint } from '../../core/lints/lint';
import { colorOfPerson, initialsOf } from '../../core/presence/presence';
import { trackOf } from '../../core/geometry/track';
import { VirtualRows } from '../controls/VirtualRows';
import { Keys } from './Keys';
import { useLabelling, useLabels, useSelected, useSession } from './hooks';
import { shortId } from './labelNames';
import { labelRows, type LabelRow } from './labelRows';
import { PreLabelBar } from './PreLabelBar';
import { formatSure } from './preLabelWords';

const ROW_PX = 28;

/** The labels: searched, by class, with counts; a click selects, a double click goes there. */
export function LabelPanel() {
  const { editor, titleOf } = useLabelling();
  const labels = useLabels();
  const selected = useSession((session) => session.selection[0] ?? null);
  const [text, setText] = useState('');
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const classOrder = useMemo(() => editor.layer.classes.map((item) => item.name), [editor]);
  const [order, setOrder] = useState<'class' | 'score'>('class');
  const [wantsProposed, setWantsProposed] = useState(false);
  const proposedCount = useMemo(() => [...labels.values()].filter(isPreLabel).length, [labels]);
  const hasScores = useMemo(() => [...labels.values()].some((label) => scoreOf(label) !== null), [labels]);
  const onlyProposed = wantsProposed && proposedCount > 0;
  const rows = useMemo(
    () =>
      labelRows(labels, {
        text,
        folded,
        titleOf,
        classOrder,
        order: hasScores ? order : 'class',
        onlyProposed,
      }),
    [labels, text, folded, titleOf, classOrder, order, hasScores, onlyProposed],
  );
  const shownRow = rows.findIndex((row) => row.kind === 'label' && row.label.id === selected);
  return (
    <section className="panel label-panel" aria-label="Labels">
      <header className="panel-header">
        <h2>Labels</h2>
        <span className="count">{labels.size}</span>
      </header>
      <TextInput
        size="xs"
        mx={8}
        mb={6}
        placeholder="Search"
        aria-label="Search labels"
        leftSection={<IconSearch size={14} stroke={1.6} />}
        rightSection={
          text === '' ? null : (
            <ActionIcon
              size={18}
              variant="subtle"
              color="gray"
              aria-label="Clear the search"
              onClick={() => setText('')}
            >
              <IconX size={12} />
            </ActionIcon>
          )
        }
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {hasScores || proposedCount > 0 ? (
        <PreLabelBar
          count={proposedCount}
          order={order}
          onOrder={setOrder}
          onlyProposed={onlyProposed}
          onOnlyProposed={setWantsProposed}
        />
      ) : null}
      {rows.length === 0 ? <NoLabels isSearching={text !== ''} /> : null}
      <VirtualRows count={rows.length} rowHeight_px={ROW_PX} label="Labels by class" shownRow={shownRow}>
        {(index) => {
          const row = rows[index];
          if (row === undefined) return null;
          return row.kind === 'class' ? (
            <ClassRow
              key={`class ${row.name}`}
              row={row}
              onFold={() => {
                const next = new Set(folded);
                if (!next.delete(row.name)) next.add(row.name);
                setFolded(next);
              }}
            />
          ) : (
            <LabelItem key={row.label.id} label={row.label} />
          );
        }}
      </VirtualRows>
    </section>
  );
}

function NoLabels({ isSearching }: { readonly isSearching: boolean }) {
  const { editor } = useLabelling();
  if (isSearching) return <p className="panel-empty">No label has such a name.</p>;
  if (editor.readOnlyReason !== null) return <p className="panel-empty">There are no labels here.</p>;
  return (
    <p className="panel-empty">
      No labels yet. Press <Keys id="tool.box" /> and click on an object, or drag from its rear to its front.
    </p>
  );
}

function ClassRow({
  row,
  onFold,
}: {
  readonly row: Extract<LabelRow, { kind: 'class' }>;
  readonly onFold: () => void;
}) {
  const { editor, colorOf } = useLabelling();
  const ids = row.labels.map((label) => label.id);
  const isHidden = useSession((session) => ids.every((id) => session.hidden.has(id)));
  const words = isHidden ? `Show all of ${row.title}` : `Hide all of ${row.title}`;
  return (
    <div className="row class-row" role="listitem">
      <button type="button" className="row-main" aria-expanded={!row.isFolded} onClick={onFold}>
        {row.isFolded ? <IconChevronRight size={14} /> : <IconChevronDown size={14} />}
        <span className="swatch" style={{ background: colorOf(row.name) }} />
        <span className="row-text">{row.title}</span>
        <span className="count">{row.labels.length}</span>
      </button>
      <button
        type="button"
        className="row-action"
        data-on={isHidden || undefined}
        aria-label={words}
        title={words}
        onClick={() => {
          const hidden = new Set(editor.session.get().hidden);
          for (const id of ids) {
            if (isHidden) hidden.delete(id);
            else hidden.add(id);
          }
          editor.session.set({ hidden });
        }}
      >
        {isHidden ? <IconEyeOff size={14} stroke={1.6} /> : <IconEye size={14} stroke={1.6} />}
      </button>
    </div>
  );
}

const LabelItem = memo(function LabelItem({ label }: { readonly label: Label }) {
  const labelling = useLabelling();
  const { editor, colorOf, titleOf } = labelling;
  const { id } = label;
  const isSelected = useSession((session) => session.selection.includes(id));
  const isHovered = useSession((session) => session.hover?.labelId === id);
  const isHidden = useSession((session) => session.hidden.has(id));
  const isLocked = useSession((session) => session.locked.has(id));
  const isHere = useSession((session) => !isCuboid(label) || trackOf(label).existsAt(session.timeNs));
  const name = `${titleOf(label.class)} ${shortId(id)}`;
  const lints = useSelected(labelling.lints.byLabel, (byLabel) => byLabel.get(id) ?? NO_LINTS);
  const others = useSession((session) => session.others.filter((person) => person.selected.includes(id)));
  const isProposed = useSession((session) => session.proposals.some((proposal) => proposal.labelId === id));
  const score = scoreOf(label);
  const isFollowing = useSession((session) => session.trackNotes.get(id)?.kind === 'running');
  return (
    <div
      className="row label-row"
      role="listitem"
      data-selected={isSelected || undefined}
      data-hovered={isHovered || undefined}
      data-prelabel={isPreLabel(label) || undefined}
      data-dim={!isHere || isHidden || undefined}
      data-testid="label-row"
      data-label-id={id}
      onPointerEnter={() => editor.session.setHover({ labelId: id, handle: null })}
      onPointerLeave={() => editor.session.setHover(null)}
    >
      <button
        type="button"
        className="row-main"
        aria-current={isSelected}
        onClick={(event) => {
          const { selection } = editor.session.get();
          const isToggle = event.shiftKey || event.ctrlKey || event.metaKey;
          if (!isToggle) editor.session.select(id);
          else
            editor.session.select(
              ...(isSelected ? selection.filter((other) => other !== id) : [...selection, id]),
            );
        }}
        onDoubleClick={() => goTo(labelling, label)}
      >
        <span className="swatch" style={{ background: colorOf(label.class) }} />
        <span className="row-name">{titleOf(label.class)}</span>
        <span className="row-id">{shortId(id)}</span>
        <span className="row-space" />
        {score === null ? null : (
          <span
            className="row-score"
            title={isPreLabel(label) ? 'proposed, so sure' : 'so sure was the model'}
          >
            {formatSure(score)}
          </span>
        )}
        {others.map((person) => (
          <span
            key={person.tab_id}
            className="row-person"
            style={{ background: colorOfPerson(person.user_id) }}
            title={`${person.display_name} has selected it`}
          >
            {initialsOf(person.display_name)}
          </span>
        ))}
        {isFollowing ? <Loader size={11} color="gray" aria-label="being followed" /> : null}
        {isProposed ? (
          <IconRouteSquare size={13} stroke={1.6} className="row-proposed" aria-label="a track is proposed" />
        ) : null}
        {lints.length > 0 ? (
          <Tooltip label={<LintWords lints={lints} />}>
            <IconAlertTriangleFilled
              size={12}
              className="lint-icon"
              data-severity={lints.some(({ severity }) => severity === 'error') ? 'error' : 'warning'}
              aria-label={`${lints.length} ${lints.length === 1 ? 'warning' : 'warnings'}`}
            />
          </Tooltip>
        ) : null}
        {isCuboid(label) && label.static ? <IconPinned size={13} stroke={1.6} aria-label="static" /> : null}
        {isCuboid(label) && !label.static ? (
          <Tooltip label={`${label.keyframes.length} keyframe${label.keyframes.length === 1 ? '' : 's'}`}>
            <span className="count">{label.keyframes.length}</span>
          </Tooltip>
        ) : null}
      </button>
      <RowToggle
        isOn={isLocked}
        words={isLocked ? `Unlock ${name}` : `Lock ${name}`}
        onClick={() => editor.session.set({ locked: toggled(editor.session.get().locked, id) })}
      >
        {isLocked ? <IconLock size={14} stroke={1.6} /> : <IconLockOpen2 size={14} stroke={1.6} />}
      </RowToggle>
      <RowToggle
        isOn={isHidden}
        words={isHidden ? `Show ${name}` : `Hide ${name}`}
        onClick={() => editor.session.set({ hidden: toggled(editor.session.get().hidden, id) })}
      >
        {isHidden ? <IconEyeOff size={14} stroke={1.6} /> : <IconEye size={14} stroke={1.6} />}
      </RowToggle>
    </div>
  );
});

const NO_LINTS: readonly Lint[] = [];

function LintWords({ lints }: { readonly lints: readonly Lint[] }) {
  return (
    <>
      {lints.map((lint) => (
        <span key={lint.id} className="tip-line">
          {lint.message}
        </span>
      ))}
    </>
  );
}

function RowToggle({
  isOn,
  words,
  onClick,
  children,
}: {
  readonly isOn: boolean;
  readonly words: string;
  readonly onClick: () => void;
  readonly children: React.ReactNode;
}) {
  return (
    <button
      type="button"
      className="row-action"
      data-on={isOn || undefined}
      aria-label={words}
      aria-pressed={isOn}
      title={words}
      onClick={onClick}
    >
      {children}
    </button>
  );
}

/** Selects a label, goes to a time at which it exists, and brings it to the middle. */
export function goTo({ editor, stage }: ReturnType<typeof useLabelling>, label: Label): void {
  editor.session.select(label.id);
  if (isCuboid(label)) {
    const track = trackOf(label);
    const { timeNs } = editor.session.get();
    const [first] = track.timesNs;
    if (!track.existsAt(timeNs) && first !== undefined)
      editor.session.set({ timeNs: first, isPlaying: false });
  }
  stage.world.focus();
}

function toggled(set: ReadonlySet<LabelId>, id: LabelId): ReadonlySet<LabelId> {
  const next = new Set(set);
  if (!next.delete(id)) next.add(id);
  return next;
}
