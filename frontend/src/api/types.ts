import type { ClipManifest, LabelSetSummary, Role } from '../core/clip/manifest';
import type { Label } from '../core/document/label';
import type { LabelId } from '../core/document/ids';
import type { Ontology } from '../core/document/ontology';
import type { components } from './schema.generated';

type Schemas = components['schemas'];

export type { ClipManifest, LabelSetSummary, Role };

/** A clip's static cloud: the one there is, and how far the next one is. */
export type StaticCloud = Schemas['StaticCloudOutput'];

export interface User {
  readonly id: string;
  readonly username: string;
  readonly display_name: string;
  /** Their role asks for a second factor, which they have to set up before anything else. */
  readonly needs_second_factor?: boolean;
}

export interface Project {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly role: Role;
}

export interface ProjectDetail extends Project {
  readonly ontology: Ontology | null;
}

export interface ClipSummary {
  readonly id: string;
  readonly name: string;
  readonly duration_s: number;
  readonly camera_count: number;
  readonly image_count: number;
  readonly sweep_count: number;
  readonly created_at: string;
  readonly poster_url: string | null;
}

export interface ClipPage {
  readonly results: readonly ClipSummary[];
  /** The cursors of the neighbouring pages. */
  readonly next: string | null;
  readonly previous: string | null;
}

/** A label as the server has it. */
export interface LabelEntry {
  readonly label_id: LabelId;
  readonly version: number;
  readonly label: Label;
}

export interface LabelList {
  readonly revision: number;
  readonly labels: readonly LabelEntry[];
}

export type Export = Schemas['ExportOutput'];
export type ExportFile = Schemas['ExportFileOutput'];
export type ExportState = Export['state'];
export type ExportRequest = Schemas['ExportCreateInputRequest'];
