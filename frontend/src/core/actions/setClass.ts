import { diffOfAll, type RecordsDiff } from '../document/diff';
import type { LabelId } from '../document/ids';
import { isCuboid, type Attributes, type Label } from '../document/label';
import { classNamed, type OntologyClass, type OntologyLayer } from '../document/ontology';
import { sameJson } from '../document/freeze';
import type { ReadableDocument } from '../document/store';
import { defaultAttributes } from './createBox';
import { withSize } from './resizeBox';

/**
 * Gives labels another class. Attributes that the new class doesn't have are dropped, its presets added; a box that
 * still has exactly its old class's usual size takes the new class's, standing where it stood.
 */
export function setClass(
  document: ReadableDocument,
  labelIds: readonly LabelId[],
  ontologyClass: OntologyClass,
  layer: OntologyLayer,
): RecordsDiff {
  return diffOfAll(
    labelIds.map((id) => {
      const label = document.get(id);
      return [label, label && withClass(label, ontologyClass, layer)] as const;
    }),
  );
}

function withClass(label: Label, ontologyClass: OntologyClass, layer: OntologyLayer): Label {
  if (label.class === ontologyClass.name || !ontologyClass.geometries.includes(label.geometry)) return label;
  const known = new Set(ontologyClass.attributes.map((attribute) => attribute.name));
  const attributes = { ...defaultAttributes(ontologyClass), ...pick(label.attributes, known) };
  if (!isCuboid(label)) return { ...label, class: ontologyClass.name, attributes };
  const usual = classNamed(layer, label.class)?.size_m;
  const keyframes = label.keyframes.map((keyframe) =>
    keyframe.attributes === undefined
      ? keyframe
      : { ...keyframe, attributes: pick(keyframe.attributes, known) },
  );
  const changed = { ...label, class: ontologyClass.name, attributes, keyframes };
  if (ontologyClass.size_m === undefined || usual === undefined || !sameJson(usual, label.size_m))
    return changed;
  return withSize(changed, BigInt(label.keyframes[0]?.time_ns ?? 0), ontologyClass.size_m, [0, 0, -1]);
}

function pick(attributes: Attributes, known: ReadonlySet<string>): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => known.has(name)));
}
