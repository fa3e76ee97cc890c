import type { Export, ExportRequest } from './types';
import type { paths as generatedPaths } from './schema.generated';

/** Every route: those generated from the server's schema, and the exports'. */
export type paths = Omit<generatedPaths, keyof ExportPaths> & ExportPaths;

interface Json<T> {
  readonly headers: Record<string, unknown>;
  readonly content: { readonly 'application/json': T };
}

interface ExportPaths {
  '/api/projects/{slug}/exports': {
    parameters: { path: { slug: string } };
    get: { parameters: { path: { slug: string } }; responses: { 200: Json<readonly Export[]> } };
    post: {
      parameters: { path: { slug: string } };
      requestBody: { content: { 'application/json': ExportRequest } };
      responses: { 201: Json<Export> };
    };
  };
  '/api/exports/{id}': {
    parameters: { path: { id: string } };
    get: { parameters: { path: { id: string } }; responses: { 200: Json<Export> } };
  };
  '/api/exports/{id}/cancel': {
    parameters: { path: { id: string } };
    post: { parameters: { path: { id: string } }; responses: { 200: Json<Export> } };
  };
}
