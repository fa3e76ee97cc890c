import { resizeBox } from '../../core/actions/resizeBox';
import { setPose } from '../../core/actions/keyframes';
import { turnedBy } from '../../core/actions/poseBox';
import type { CuboidLabel } from '../../core/document/label';
import type { BoxState } from '../../core/geometry/box';
import { yawOf } from '../../core/geometry/quat';
import { trackOf } from '../../core/geometry/track';
import type { Vec3 } from '../../core/geometry/vec3';
import { QuantityField } from '../controls/QuantityField';
import { useLabelling, useSay, useSession } from './hooks';

const DEGREES = 180 / Math.PI;
const POSITION = [
  { label: 'x', title: 'Position east of the origin' },
  { label: 'y', title: 'Position north of the origin' },
  { label: 'z', title: 'Height of the middle' },
] as const;
const SIZE = [
  { label: 'L', title: 'Length' },
  { label: 'W', title: 'Width' },
  { label: 'H', title: 'Height' },
] as const;

/** The box at the current time, in numbers. A change away from a keyframe makes one. */
export function BoxFields({ label }: { readonly label: CuboidLabel }) {
  const { editor } = useLabelling();
  const say = useSay();
  const timeNs = useSession((session) => session.timeNs);
  const track = trackOf(label);
  const state = track.extended(timeNs);
  const reason =
    editor.lockedReason(label.id) ?? (track.existsAt(timeNs) ? null : 'The label is not there at this time.');
  const setPosition = (axis: number, value: number): void => {
    const position_m = withPart(state.position_m, axis, value);
    editor.editShown('Move box', () => setPose(editor.document, label.id, timeNs, { ...state, position_m }));
  };
  const setSize = (axis: number, value: number): void => {
    if (value <= 0) {
      say(`A box is larger than 0 m: “${SIZE[axis]?.title ?? ''}” stays as it was`);
      return;
    }
    // The bottom stays on the ground; length and width grow to both sides.
    const anchor: Vec3 = [0, 0, -1];
    const size_m = withPart(state.size_m, axis, value);
    editor.editShown('Resize box', () => resizeBox(editor.document, label.id, timeNs, size_m, anchor));
  };
  const setYaw = (degrees: number): void => {
    const turned: BoxState = turnedBy(state, [0, 0, 1], degrees / DEGREES - yawOf(state.quat_xyzw));
    editor.editShown('Turn box', () => setPose(editor.document, label.id, timeNs, turned));
  };
  return (
    <>
      <Metres
        name="position"
        parts={POSITION}
        values={state.position_m}
        reason={reason}
        say={say}
        onChange={setPosition}
      />
      <Metres name="size" parts={SIZE} values={state.size_m} reason={reason} say={say} onChange={setSize} />
      <div className="field">
        <span className="field-label">Heading, °</span>
        <div className="quantities">
          <QuantityField
            label=""
            title="Heading from east, counter-clockwise"
            unit="°"
            hidesUnit
            digits={1}
            step={1}
            value={yawOf(state.quat_xyzw) * DEGREES}
            disabledReason={reason}
            onUnreadable={say}
            onChange={setYaw}
            testId="property-yaw"
          />
        </div>
      </div>
    </>
  );
}

/** Three numbers that belong together, in metres. */
function Metres({
  name,
  parts,
  values,
  reason,
  say,
  onChange,
}: {
  readonly name: 'position' | 'size';
  readonly parts: readonly { readonly label: string; readonly title: string }[];
  readonly values: Vec3;
  /** Why none can be changed; null where they can. */
  readonly reason: string | null;
  readonly say: (words: string) => void;
  readonly onChange: (axis: number, value: number) => void;
}) {
  return (
    <div className="field">
      <span className="field-label">{name === 'position' ? 'Position, m' : 'Size, m'}</span>
      <div className="quantities" data-of={name}>
        {parts.map((part, axis) => (
          <QuantityField
            key={part.label}
            {...part}
            unit="m"
            hidesUnit
            digits={2}
            step={0.05}
            value={values[axis] ?? 0}
            disabledReason={reason}
            onUnreadable={say}
            onChange={(value) => onChange(axis, value)}
            testId={`property-${name}-${part.label}`}
          />
        ))}
      </div>
    </div>
  );
}

function withPart(vector: Vec3, axis: number, value: number): Vec3 {
  return [axis === 0 ? value : vector[0], axis === 1 ? value : vector[1], axis === 2 ? value : vector[2]];
}
