import type { LabelId } from '../core/document/ids';
import type { Batch, OutboxContent, OutboxStorage, OutboxWrite, PendingChange } from '../core/sync/ports';

const DATABASE = 'labelapp-outbox';
const VERSION = 1;
const PENDING = 'pending';
const BATCHES = 'batches';

type StoredChange = PendingChange & { readonly scope: string };

interface StoredBatch {
  readonly scope: string;
  readonly batch: Batch;
}

/** Keeps outboxes in the browser's own database: a row per waiting change, so that a save writes what changed only. */
export class IndexedDbOutbox implements OutboxStorage {
  readonly #factory: IDBFactory;
  #database: Promise<IDBDatabase> | null = null;

  constructor(factory: IDBFactory) {
    this.#factory = factory;
  }

  async scopes(prefix: string): Promise<readonly string[]> {
    const database = await this.#open();
    const transaction = database.transaction([PENDING, BATCHES]);
    const range = IDBKeyRange.bound([prefix], [`${prefix}\uffff`]);
    const pending = await answer<IDBValidKey[]>(transaction.objectStore(PENDING).getAllKeys(range));
    const batches = await answer<IDBValidKey[]>(transaction.objectStore(BATCHES).getAllKeys());
    const scopes = pending.map((key) => (Array.isArray(key) ? key[0] : key));
    return [...new Set([...scopes, ...batches])].filter(
      (scope): scope is string => typeof scope === 'string' && scope.startsWith(prefix),
    );
  }

  async read(scope: string): Promise<OutboxContent> {
    const database = await this.#open();
    const transaction = database.transaction([PENDING, BATCHES]);
    const rows = await answer(
      transaction.objectStore(PENDING).getAll(rangeOf(scope)) as IDBRequest<StoredChange[]>,
    );
    const stored = await answer(
      transaction.objectStore(BATCHES).get(scope) as IDBRequest<StoredBatch | undefined>,
    );
    return {
      inFlight: stored?.batch ?? null,
      pending: rows.map(({ label_id, base_version, label }) => ({ label_id, base_version, label })),
    };
  }

  async write(scope: string, change: OutboxWrite): Promise<void> {
    const database = await this.#open();
    const transaction = database.transaction([PENDING, BATCHES], 'readwrite', { durability: 'strict' });
    const pending = transaction.objectStore(PENDING);
    for (const row of change.put) pending.put({ ...row, scope } satisfies StoredChange);
    for (const labelId of change.remove) pending.delete([scope, labelId]);
    const batches = transaction.objectStore(BATCHES);
    if (change.inFlight === null) batches.delete(scope);
    else batches.put({ scope, batch: change.inFlight } satisfies StoredBatch);
    await finished(transaction);
  }

  async close(): Promise<void> {
    const database = await this.#database;
    this.#database = null;
    database?.close();
  }

  #open(): Promise<IDBDatabase> {
    this.#database ??= this.#connect().catch((error: unknown) => {
      this.#database = null;
      throw error;
    });
    return this.#database;
  }

  async #connect(): Promise<IDBDatabase> {
    const request = this.#factory.open(DATABASE, VERSION);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(PENDING, { keyPath: ['scope', 'label_id'] });
      request.result.createObjectStore(BATCHES, { keyPath: 'scope' });
    };
    const database = await answer(request);
    // Another tab with a newer version must not wait for this one.
    database.onversionchange = () => {
      database.close();
      this.#database = null;
    };
    return database;
  }
}

function rangeOf(scope: string): IDBKeyRange {
  return IDBKeyRange.bound([scope, '' as LabelId], [scope, '\uffff']);
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('the browser database gave no answer'));
  });
}

function finished(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error('the browser database took it back'));
    transaction.onerror = () =>
      reject(transaction.error ?? new Error('the browser database refused to write'));
  });
}
