import type { ClipManifest, LabelSetSummary, Role } from '../core/clip/manifest';
import type { Label } from '../core/document/label';
import type { LabelId } from '../core/document/ids';
import type { Ontology } from '../core/document/ontology';

export type { ClipManifest, LabelSetSummary, Role };

export interface User {
  readonly id: string;
  readonly username: string;
  readonly display_name: string;
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

export type ExportState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled';

export interface ExportRequest {
  /** Null: all clips of the project. */
  readonly clip_ids: readonly string[] | null;
  readonly layer: string;
  readonly source: LabelSetSummary['source'];
  readonly formats: readonly ('coco' | 'parquet')[];
  readonly include_images: boolean;
}

export interface ExportFile {
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
  readonly url: string;
}

export interface Export {
  readonly id: string;
  readonly layer: string;
  readonly source: LabelSetSummary['source'];
  readonly formats: readonly string[];
  readonly state: ExportState;
  readonly progress: {
    readonly done: number;
    readonly total: number;
    readonly rate_per_s: number | null;
    readonly eta_s: number | null;
  };
  readonly message: string;
  readonly files: readonly ExportFile[];
  readonly created_at: string;
  readonly created_by: string | null;
}
