import { raiseAlert, resolveAlerts } from '../events/alert.ts';
import { pathOf, readCopies, type StoreCopy } from './copies.ts';
import { type Filled, fillStore, SourceError } from './fill-store.ts';
import { reasonOf, unavailable } from './trouble.ts';
import type { TemplateWork } from './work.ts';

/** Templates that are fetched at once. */
const parallel = 4;
/** Milliseconds between two notes of how far a download is. */
const noteEvery = 1000;

interface Running {
  readonly stop: AbortController;
  readonly done: Promise<void>;
  readonly builtIn: boolean;
}

/** Fetches what is registered but in no store yet; what an earlier server left unfinished begins anew. */
export class Downloads {
  readonly #work: TemplateWork;
  readonly #running = new Map<string, Running>();
  /** Those whose store failed: they wait for the next `start`. */
  readonly #failed = new Set<string>();
  #closed = false;

  constructor(work: TemplateWork) {
    this.#work = work;
  }

  /** Starts what there is to fetch, also what has failed before. Resolves before it has come. */
  start(): Promise<void> {
    this.#failed.clear();
    return this.#fill();
  }

  /** Resolves when nothing is being fetched, or nothing that is part of the installation. */
  async idle(which: 'all' | 'built-in' = 'all'): Promise<void> {
    for (;;) {
      const waiting = [...this.#running.values()].filter(one => which === 'all' || one.builtIn);
      if (waiting.length === 0) return;
      await Promise.all(waiting.map(one => one.done));
    }
  }

  /** Stops the fetching of one template. */
  async cancel(templateId: string): Promise<void> {
    const running = this.#running.get(templateId);
    running?.stop.abort();
    await running?.done;
  }

  /** Stops all; the next server begins them anew. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#running.keys()].map(id => this.cancel(id)));
  }

  /** As many as there is room for; when one ends, others follow. */
  async #fill(): Promise<void> {
    const copies = await readCopies(this.#work.db);
    const urgent = (found: StoreCopy): number => (found.template.type === 'USER' ? 1 : 0);
    for (const found of copies.toSorted((a, b) => urgent(a) - urgent(b))) {
      const { template, copy } = found;
      if (this.#closed || this.#running.size >= parallel) return;
      const wanted =
        template.state === 'Active' &&
        ['NOT_DOWNLOADED', 'DOWNLOAD_IN_PROGRESS'].includes(copy.download_state) &&
        !this.#running.has(template.id) &&
        !this.#failed.has(template.id);
      if (!wanted) continue;
      const stop = new AbortController();
      const done = this.#fetch(found, stop.signal).then(() => {
        this.#running.delete(template.id);
        return this.#fill();
      });
      const caught = done.catch((error: unknown) =>
        this.#work.log.error({ err: error }, 'templates could not be read'),
      );
      this.#running.set(template.id, { stop, done: caught, builtIn: template.type !== 'USER' });
    }
  }

  async #fetch(found: StoreCopy, signal: AbortSignal): Promise<void> {
    const { db, log } = this.#work;
    const { template, store } = found;
    const named = { template: template.name, store: store.name };
    const notes = this.#noter(found);
    try {
      await this.#set(found, { download_state: 'DOWNLOAD_IN_PROGRESS', download_percent: 0 });
      log.info(named, 'fetching a template');
      const filled = await fillStore(this.#work, found, { signal, progress: notes.note });
      await notes.ended();
      await this.#finish(found, filled);
      log.info({ ...named, ...filled }, 'a template is ready');
    } catch (error) {
      await notes.ended();
      if (signal.aborted) return;
      log.warn({ ...named, err: error }, 'a template could not be fetched');
      const final = error instanceof SourceError;
      if (!final) this.#failed.add(template.id);
      await this.#set(found, {
        download_state: final ? 'DOWNLOAD_ERROR' : 'NOT_DOWNLOADED',
        state: final ? 'Failed' : 'Creating',
        error: reasonOf(error),
      }).catch((cause: unknown) => log.error({ err: cause }, 'a failure could not be recorded'));
      if (!final)
        await raiseAlert(db, {
          name: 'ALERT.STORAGE.SECONDARY',
          description: unavailable({ template, store }, error).message,
          subjectId: template.id,
          zoneId: store.zone_id,
        }).catch((cause: unknown) => log.error({ err: cause }, 'an alert could not be raised'));
    }
  }

  /** Writes down progress, one note after the other and not too often. */
  #noter(found: StoreCopy) {
    let last = 0;
    let writing = Promise.resolve();
    return {
      note: (percent: number): void => {
        if (performance.now() - last < noteEvery) return;
        last = performance.now();
        writing = writing
          .then(() => this.#set(found, { download_percent: percent }))
          .catch(() => undefined);
      },
      ended: () => writing,
    };
  }

  async #finish(found: StoreCopy, filled: Filled): Promise<void> {
    const { template } = found;
    await this.#work.db.transaction().execute(async tx => {
      await tx
        .updateTable('templates')
        .set({
          checksum: filled.checksum,
          size_bytes: filled.virtualBytes,
          file_bytes: filled.fileBytes,
        })
        .where('id', '=', template.id)
        .execute();
      await tx
        .updateTable('template_stores')
        .set({
          state: 'Ready',
          download_state: 'DOWNLOADED',
          download_percent: 100,
          error: null,
          path: pathOf(found),
          updated: new Date(),
        })
        .where('template_id', '=', template.id)
        .where('store_id', '=', found.store.id)
        .execute();
      await resolveAlerts(tx, 'ALERT.STORAGE.SECONDARY', template.id);
    });
  }

  async #set(
    { template, store }: StoreCopy,
    patch: Pick<
      Partial<StoreCopy['copy']>,
      'state' | 'download_state' | 'download_percent' | 'error'
    >,
  ): Promise<void> {
    await this.#work.db
      .updateTable('template_stores')
      .set({ ...patch, updated: new Date() })
      .where('template_id', '=', template.id)
      .where('store_id', '=', store.id)
      .execute();
  }
}
