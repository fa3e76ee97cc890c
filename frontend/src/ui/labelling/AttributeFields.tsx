import { Select, Switch, TextInput, Tooltip } from '@mantine/core';
import { IconDiamond } from '@tabler/icons-react';
import { useState } from 'react';

import { setAttribute, setAttributeAt } from '../../core/actions/setAttribute';
import { isCuboid, type AttributeValue, type Label } from '../../core/document/label';
import { classNamed, type OntologyAttribute } from '../../core/document/ontology';
import { trackOf } from '../../core/geometry/track';
import { QuantityField } from '../controls/QuantityField';
import { useLabelling, useSay, useSession } from './hooks';

/** The attributes that the class has; those kept per keyframe hold from the current time on. */
export function AttributeFields({ label }: { readonly label: Label }) {
  const { editor } = useLabelling();
  const timeNs = useSession((session) => session.timeNs);
  const ontologyClass = classNamed(editor.layer, label.class);
  const values = isCuboid(label) ? trackOf(label).attributesAt(timeNs) : label.attributes;
  const known = ontologyClass?.attributes ?? [];
  const others = Object.entries(values).filter(
    ([name]) => !known.some((attribute) => attribute.name === name),
  );
  const reason = editor.lockedReason(label.id);
  const change = (attribute: OntologyAttribute, value: AttributeValue | null): void => {
    const isPerKeyframe = attribute.per_keyframe === true && isCuboid(label) && !label.static;
    const title = `${attribute.title}: ${value === null ? 'none' : String(value)}`;
    editor.editShown(title, () =>
      isPerKeyframe
        ? setAttributeAt(editor.document, label.id, timeNs, attribute.name, value)
        : setAttribute(editor.document, label.id, attribute.name, value),
    );
  };
  return (
    <>
      {known.map((attribute) => (
        <div className="field" key={attribute.name}>
          <span className="field-label" title={attribute.title}>
            <span className="field-words">{attribute.title}</span>
            {attribute.per_keyframe === true ? (
              <Tooltip label="Kept per keyframe: a change holds from the current time on">
                <IconDiamond size={11} stroke={1.6} aria-label="per keyframe" />
              </Tooltip>
            ) : null}
          </span>
          <AttributeField
            attribute={attribute}
            value={values[attribute.name] ?? null}
            reason={reason}
            onChange={(value) => change(attribute, value)}
          />
        </div>
      ))}
      {others.map(([name, value]) => (
        <div className="field" key={name}>
          <span className="field-label field-other" title={`${name}: not in the ontology`}>
            <span className="field-words">{name}</span>
          </span>
          <span className="field-value">{String(value)}</span>
        </div>
      ))}
    </>
  );
}

interface FieldProps {
  readonly attribute: OntologyAttribute;
  readonly value: AttributeValue | null;
  readonly reason: string | null;
  readonly onChange: (value: AttributeValue | null) => void;
}

function AttributeField(props: FieldProps) {
  const { attribute, value, reason, onChange } = props;
  const say = useSay();
  const isMissing = attribute.required === true && value === null;
  const shared = { 'aria-label': attribute.title, 'data-testid': `attribute-${attribute.name}` };
  switch (attribute.type) {
    case 'boolean':
      return (
        <Switch
          {...shared}
          size="xs"
          disabled={reason !== null}
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case 'select':
      return (
        <Select
          {...shared}
          size="xs"
          placeholder={isMissing ? 'choose one' : 'none'}
          error={isMissing}
          disabled={reason !== null}
          data={[...(attribute.options ?? [])]}
          value={value === null ? null : String(value)}
          clearable={attribute.required !== true}
          onChange={(next) => onChange(next)}
        />
      );
    case 'number':
      return (
        <QuantityField
          label=""
          title={attribute.title}
          unit=""
          digits={value === null || Number.isInteger(value) ? 0 : 2}
          step={1}
          value={typeof value === 'number' ? value : null}
          disabledReason={reason}
          onUnreadable={say}
          onChange={(next) => onChange(held(next, attribute))}
          testId={`attribute-${attribute.name}`}
        />
      );
    case 'text':
      return <TextAttribute {...props} isMissing={isMissing} />;
  }
}

function TextAttribute({
  attribute,
  value,
  reason,
  onChange,
  isMissing,
}: FieldProps & { readonly isMissing: boolean }) {
  const [draft, setDraft] = useState<string | null>(null);
  const commit = (): void => {
    if (draft !== null && draft !== (value ?? '')) onChange(draft === '' ? null : draft);
    setDraft(null);
  };
  return (
    <TextInput
      size="xs"
      aria-label={attribute.title}
      data-testid={`attribute-${attribute.name}`}
      error={isMissing}
      disabled={reason !== null}
      value={draft ?? String(value ?? '')}
      onChange={(event) => setDraft(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter' || event.key === 'Escape') {
          if (event.key === 'Escape') setDraft(null);
          event.currentTarget.blur();
        }
      }}
    />
  );
}

function held(value: number, { min, max }: OntologyAttribute): number {
  return Math.min(max ?? Infinity, Math.max(min ?? -Infinity, value));
}
