import { Select } from '@mantine/core';
import {
  IconBan,
  IconCopy,
  IconDiamond,
  IconDiamondOff,
  IconPinned,
  IconRotate2,
  IconTrash,
} from '@tabler/icons-react';

import { isCuboid, type CuboidLabel, type Label } from '../../core/document/label';
import { classNamed } from '../../core/document/ontology';
import { trackOf } from '../../core/geometry/track';
import { AttributeFields } from './AttributeFields';
import { BoxFields } from './BoxFields';
import { LabelMenu } from './LabelMenu';
import { LifeFields } from './LifeFields';
import { OperationButton } from './OperationButton';
import { OriginField } from './OriginField';
import { useLabelling, useSession, useShownLabel } from './hooks';
import { shortId } from './labelNames';

/** What the selected label is and measures. */
export function PropertiesPanel() {
  const label = useShownLabel();
  const count = useSession((session) => session.selection.length);
  return (
    <section className="panel properties" aria-label="Properties of the selection">
      <header className="panel-header">
        <h2>Properties</h2>
        {label === undefined ? null : <span className="row-id">{shortId(label.id)}</span>}
        {label === undefined ? null : <LabelActions label={label} />}
      </header>
      {label === undefined ? (
        <p className="panel-empty">
          {count > 1
            ? `${count} labels are selected: their class can be changed by its key, Delete removes them all.`
            : 'Select a label in a view, in a picture or in the list.'}
        </p>
      ) : (
        <div className="properties-body">
          <OriginField label={label} />
          <ClassField label={label} />
          {isCuboid(label) ? <BoxFields label={label} /> : null}
          <AttributeFields label={label} />
          {isCuboid(label) ? <LifeFields label={label} /> : null}
        </div>
      )}
    </section>
  );
}

function LabelActions({ label }: { readonly label: Label }) {
  return (
    <span className="panel-actions">
      {isCuboid(label) ? <KeyframeButtons label={label} /> : null}
      {isCuboid(label) ? (
        <OperationButton
          id="label.toggle_static"
          isOn={label.static}
          icon={<IconPinned size={15} stroke={1.6} />}
          size={24}
        />
      ) : null}
      <OperationButton id="label.flip_heading" icon={<IconRotate2 size={15} stroke={1.6} />} size={24} />
      <OperationButton id="label.duplicate" icon={<IconCopy size={15} stroke={1.6} />} size={24} />
      <OperationButton id="label.delete" icon={<IconTrash size={15} stroke={1.6} />} size={24} />
      <LabelMenu />
    </span>
  );
}

function KeyframeButtons({ label }: { readonly label: CuboidLabel }) {
  const isHere = useSession((session) => trackOf(label).keyframeAt(session.timeNs) !== null);
  const isGone = useSession((session) => !trackOf(label).existsAt(session.timeNs));
  if (isGone)
    return <OperationButton id="life.back_here" icon={<IconBan size={15} stroke={1.6} />} size={24} />;
  return isHere ? (
    <OperationButton id="keyframe.delete" icon={<IconDiamondOff size={15} stroke={1.6} />} size={24} />
  ) : (
    <OperationButton id="keyframe.set" icon={<IconDiamond size={15} stroke={1.6} />} size={24} />
  );
}

function ClassField({ label }: { readonly label: Label }) {
  const { editor, colorOf } = useLabelling();
  const { classes } = editor.layer;
  const isKnown = classNamed(editor.layer, label.class) !== undefined;
  const fitting = classes.filter((item) => item.geometries.includes(label.geometry));
  const data = fitting.map((item) => ({ value: item.name, label: item.title }));
  const reason = editor.lockedReason(label.id);
  return (
    <div className="field">
      <span className="field-label">Class</span>
      <Select
        size="xs"
        aria-label="Class"
        data-testid="property-class"
        data={
          isKnown ? data : [...data, { value: label.class, label: `${label.class} (not in the ontology)` }]
        }
        value={label.class}
        allowDeselect={false}
        searchable
        disabled={reason !== null}
        {...(reason === null ? {} : { title: reason })}
        comboboxProps={{ withinPortal: true }}
        leftSection={<span className="swatch" style={{ background: colorOf(label.class) }} />}
        onChange={(value) => {
          if (value !== null && classNamed(editor.layer, value) !== undefined) editor.run(`class.${value}`);
        }}
      />
    </div>
  );
}
