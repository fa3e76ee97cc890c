import { HoverCard } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { NO_EFFORT, type EffortSum } from '../../core/telemetry/effort';
import { targetsPerAction } from '../../core/telemetry/imageTargets';
import { api } from '../server/api';
import { useLabelling, useReadable, useSession } from './hooks';

/** What the work costs, for the labeller alone to see: small in the corner, the sums on hover. */
export function EffortReadout() {
  const [isOpen, setOpen] = useState(false);
  const { editor, targets } = useLabelling();
  const { all } = useReadable(editor.effort);
  const { images, isComplete } = useReadable(targets);
  const yielded = targetsPerAction(images, all.actions);
  return (
    <HoverCard
      position="top-start"
      width={280}
      openDelay={200}
      onOpen={() => setOpen(true)}
      onClose={() => setOpen(false)}
    >
      <HoverCard.Target>
        <button
          type="button"
          className="effort"
          data-testid="effort"
          data-actions={all.actions}
          data-images={images}
        >
          <span>
            {all.actions} {all.actions === 1 ? 'action' : 'actions'}
          </span>
          <span title={isComplete ? undefined : 'Still counting'}>
            {images}
            {isComplete ? '' : '+'} images
          </span>
          {yielded === null || images === 0 ? null : <span>{yielded.toFixed(1)} each</span>}
        </button>
      </HoverCard.Target>
      <HoverCard.Dropdown p={10}>{isOpen ? <EffortDetails /> : null}</HoverCard.Dropdown>
    </HoverCard>
  );
}

function EffortDetails() {
  const { editor, labelSet, targets } = useLabelling();
  const { all, byLabel } = useReadable(editor.effort);
  const { images } = useReadable(targets);
  const selected = useSession((session) => session.selection[0] ?? null);
  const kept = useQuery({
    queryKey: ['effort', labelSet.id, all.actions],
    queryFn: () => api.effort(labelSet.id),
    staleTime: 10_000,
  });
  const label = selected === null ? undefined : editor.document.get(selected);
  const yielded = label === undefined ? null : editor.imageTargets.of(label);
  return (
    <div className="effort-details">
      <table>
        <thead>
          <tr>
            <th scope="col">Sums only, never which keys</th>
            <th scope="col">actions</th>
            <th scope="col">time</th>
            <th scope="col">images</th>
          </tr>
        </thead>
        <tbody>
          {selected === null ? null : (
            <EffortRow title="Selected label" sum={byLabel.get(selected) ?? NO_EFFORT} images={yielded} />
          )}
          <EffortRow title="This visit" sum={all} images={images} />
          {kept.data === undefined ? null : (
            <>
              <EffortRow title="Your visits, saved" sum={kept.data.own} images={null} />
              <EffortRow title="Everybody, saved" sum={kept.data.all} images={null} />
            </>
          )}
        </tbody>
      </table>
    </div>
  );
}

function EffortRow({
  title,
  sum,
  images,
}: {
  readonly title: string;
  readonly sum: EffortSum;
  readonly images: number | null;
}) {
  return (
    <tr>
      <th scope="row">{title}</th>
      <td>{sum.actions}</td>
      <td>{clockWords(sum.active_s)}</td>
      <td>{images ?? '–'}</td>
    </tr>
  );
}

/** "0:41", "1:02:05". */
function clockWords(seconds: number): string {
  const whole = Math.round(seconds);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const tail = `${h > 0 ? String(m).padStart(2, '0') : m}:${String(s).padStart(2, '0')}`;
  return h > 0 ? `${h}:${tail}` : tail;
}
