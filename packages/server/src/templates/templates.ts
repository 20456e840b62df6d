import type { StoredFile } from '@isola/agent-protocol';
import { copyToHosts } from './copy-to-hosts.ts';
import { Downloads } from './downloads.ts';
import { openTemplate } from './open-template.ts';
import { removeTemplates } from './remove-templates.ts';
import { watchStores } from './watch-stores.ts';
import type { TemplateWork } from './work.ts';

/** Milliseconds between two looks at the image stores. */
const lookEvery = 60_000;

/** The work on templates and image stores that goes on by itself. */
export interface Templates {
  /** Looks soon at what was registered or deleted; returns at once. */
  wake(): void;
  /** As `openTemplate`. */
  open(templateId: string): Promise<StoredFile>;
  /** Begins to fetch what there is to fetch, and the periodic work. Resolves when what belongs to the installation is there. */
  start(): Promise<void>;
  /** The periodic work, now. */
  look(): Promise<void>;
  /** Resolves when nothing is being done. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

export function createTemplates(work: TemplateWork): Templates {
  const downloads = new Downloads(work);
  let closed = false;
  let last = Promise.resolve();

  /** One round after the other: a failed one must not stop those that follow. */
  function round(tasks: readonly (() => Promise<void>)[]): Promise<void> {
    last = last.then(async () => {
      for (const task of tasks) {
        if (closed) return;
        await task().catch((error: unknown) =>
          work.log.error({ err: error }, 'work on templates failed'),
        );
      }
    });
    return last;
  }

  /** Beside the rounds: a large template takes long, and a host may not answer. */
  let copying: Promise<void> | null = null;
  const copy = (): Promise<void> => {
    copying ??= copyToHosts(work)
      .catch((error: unknown) => {
        // What is under way when the server stops goes on when the next one starts.
        if (!closed) work.log.error({ err: error }, 'templates could not be given to hosts');
      })
      .finally(() => {
        copying = null;
      });
    return Promise.resolve();
  };

  const remove = (): Promise<void> => removeTemplates(work, downloads);
  const fetch = (): Promise<void> => downloads.start();
  const look = (): Promise<void> => round([() => watchStores(work), remove, fetch, copy]);

  let timer: NodeJS.Timeout | undefined;
  const next = (): void => {
    if (!closed) timer = setTimeout(() => void look().finally(next), lookEvery);
  };

  return {
    wake: () => void round([remove, fetch, copy]),
    open: id => openTemplate(work, id),
    look,
    async start() {
      await round([remove, fetch]);
      await downloads.idle('built-in');
      next();
    },
    async idle() {
      await last;
      await downloads.idle();
      await copying;
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      await downloads.close();
      await last;
    },
  };
}
