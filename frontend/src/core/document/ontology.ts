import type { Vec3 } from '../geometry/vec3';
import type { AttributeValue, Geometry } from './label';

/** One attribute of a class, as the ontology describes it. */
export interface OntologyAttribute {
  readonly name: string;
  readonly title: string;
  readonly type: 'boolean' | 'select' | 'number' | 'text';
  readonly options?: readonly string[];
  readonly per_keyframe?: boolean;
  readonly default?: AttributeValue;
  readonly required?: boolean;
  readonly min?: number;
  readonly max?: number;
}

export interface OntologyClass {
  readonly name: string;
  readonly title: string;
  readonly color: string;
  readonly geometries: readonly Geometry[];
  readonly hotkey?: string;
  /** What a thing of this class usually measures. */
  readonly size_m?: Vec3;
  readonly attributes: readonly OntologyAttribute[];
}

export interface OntologyLayer {
  readonly name: string;
  readonly title: string;
  readonly classes: readonly OntologyClass[];
}

export interface Ontology {
  readonly id: string;
  readonly version: number;
  readonly layers: readonly OntologyLayer[];
}

/** A box of this size is drawn for a class that has no usual size. */
export const DEFAULT_SIZE_M: Vec3 = [4.5, 1.9, 1.6];

export function classNamed(layer: OntologyLayer, name: string): OntologyClass | undefined {
  return layer.classes.find((candidate) => candidate.name === name);
}
