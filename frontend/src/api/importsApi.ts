import { bodyOf, type Http } from './http';
import type { components } from './schema.generated';

type Schemas = components['schemas'];

export type LabelImport = Schemas['LabelImportOutput'];
export type LabelImportReport = Schemas['LabelImportReportOutput'];
export type ImportedClass = Schemas['ImportedClassOutput'];
export type LabelImportOptions = Schemas['LabelImportRunInputRequest'];

/** Labels of other formats: sent part by part, looked at, imported. All throw an `ApiFailure` when there is no good answer. */
export class ImportsApi {
  readonly http: Http;

  constructor(http: Http) {
    this.http = http;
  }

  /** Send a file; `onSent` hears how many bytes have arrived. */
  async send(slug: string, file: File, onSent: (bytes: number) => void): Promise<LabelImport> {
    const made = await bodyOf(
      this.http.POST('/api/projects/{slug}/label-imports', {
        params: { path: { slug } },
        body: { file_name: file.name, size: file.size, location: '' },
      }),
    );
    for (let number = 0; number < made.part_count; number += 1) {
      const first = number * made.part_bytes;
      const part = file.slice(first, first + made.part_bytes);
      await bodyOf(
        this.http.PUT('/api/label-imports/{import_id}/parts/{number}', {
          params: { path: { import_id: made.id, number } },
          // The schema's word for bytes is a text.
          body: part as unknown as string,
          bodySerializer: (body: unknown) => body as Blob,
          headers: { 'Content-Type': 'application/octet-stream' },
        }),
      );
      onSent(Math.min(file.size, first + made.part_bytes));
    }
    return made;
  }

  async run(importId: string, options: LabelImportOptions): Promise<LabelImport> {
    const params = { path: { import_id: importId } };
    return bodyOf(this.http.POST('/api/label-imports/{import_id}/run', { params, body: options }));
  }

  async get(importId: string): Promise<LabelImport> {
    return bodyOf(
      this.http.GET('/api/label-imports/{import_id}', { params: { path: { import_id: importId } } }),
    );
  }

  async forget(importId: string): Promise<void> {
    await bodyOf(
      this.http.DELETE('/api/label-imports/{import_id}', { params: { path: { import_id: importId } } }),
    );
  }
}
