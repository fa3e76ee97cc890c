import type { CuboidLabel } from '../../core/document/label';
import { trackOf } from '../../core/geometry/track';
import { formatClipTime } from '../format';
import { OperationButton } from './OperationButton';
import { useLabelling } from './hooks';
import { IconBracketsContainEnd, IconBracketsContainStart } from '@tabler/icons-react';

/** From when to when the label exists. */
export function LifeFields({ label }: { readonly label: CuboidLabel }) {
  const { clip } = useLabelling().editor;
  const track = trackOf(label);
  const from =
    track.fromNs === null || track.fromNs <= clip.startNs
      ? 'start'
      : formatClipTime(track.fromNs, clip.startNs);
  const to =
    track.toNs === null || track.toNs >= clip.endNs ? 'end' : formatClipTime(track.toNs, clip.startNs);
  return (
    <div className="field">
      <span className="field-label">Exists</span>
      <span className="field-value field-life">
        <span>
          {from} to {to}
        </span>
        <OperationButton
          id="life.start_here"
          icon={<IconBracketsContainStart size={15} stroke={1.6} />}
          size={24}
        />
        <OperationButton
          id="life.end_here"
          icon={<IconBracketsContainEnd size={15} stroke={1.6} />}
          size={24}
        />
      </span>
    </div>
  );
}
