import { setAttribute } from '../../actions/setAttribute';
import { isCuboid, type AttributeValue, type Label } from '../../document/label';
import { classNamed, type OntologyAttribute } from '../../document/ontology';
import { lint, type Lint, type LintRule } from '../lint';

/** An attribute that the ontology requires and nobody has set. */
export const MISSING_ATTRIBUTE: LintRule = {
  id: 'missing_attribute',
  title: 'Required attribute missing',
  inputs: [],
  check: (label, { layer }) => {
    const ontologyClass = classNamed(layer, label.class);
    const missing = (ontologyClass?.attributes ?? []).filter(
      (attribute) => attribute.required === true && !isSet(label, attribute.name),
    );
    return missing.map((attribute) => lintOf(label, attribute));
  },
};

function lintOf(label: Label, attribute: OntologyAttribute): Lint {
  const base = lint({
    rule: 'missing_attribute',
    severity: 'error',
    labelIds: [label.id],
    timeNs: isCuboid(label) ? BigInt(label.keyframes[0]?.time_ns ?? 0) : null,
    message: `“${attribute.title}” has to be set.`,
    fixes: choicesOf(attribute).map((value) => ({
      title: `${attribute.title}: ${value === true ? 'yes' : value === false ? 'no' : value}`,
      diff: (document) => setAttribute(document, label.id, attribute.name, value),
    })),
  });
  return { ...base, id: `${base.id}:${attribute.name}` };
}

/** For its whole life: at the label, or at its first keyframe. */
function isSet(label: Label, name: string): boolean {
  if (label.attributes[name] !== undefined) return true;
  return isCuboid(label) && label.keyframes[0]?.attributes?.[name] !== undefined;
}

/** The values to choose from, the preset first. */
function choicesOf({ type, options, default: preset }: OntologyAttribute): AttributeValue[] {
  const all: readonly AttributeValue[] = type === 'boolean' ? [false, true] : (options ?? []);
  const first = preset === undefined ? [] : [preset];
  return [...first, ...all.filter((value) => value !== preset)];
}
