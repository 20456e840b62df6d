import { appendFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  ConfigIndex,
  type RouterConfig,
  type RouterDelta,
  routerConfigSchema,
  routerDeltaSchema,
} from '@isola/model';

/** Journal size, in characters, from which it is folded into the whole file. */
const FOLD_AT = 262_144;

/**
 * The installed configuration on disk: the whole of it in one file, and the deltas since in a journal beside it,
 * so that keeping a change costs the size of the change.
 */
export class ConfigStore {
  readonly #file: string;
  readonly #journal: string;
  #journalSize = 0;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(file: string, journal: string) {
    this.#file = file;
    this.#journal = journal;
  }

  /** The configuration kept last, or `null` when there is none. Throws when the file cannot be understood. */
  async load(): Promise<RouterConfig | null> {
    const text = await readFile(this.#file, 'utf8').catch(() => null);
    if (text === null) return null;
    const config = routerConfigSchema.parse(JSON.parse(text));
    const journal = await readFile(this.#journal, 'utf8').catch(() => '');
    if (journal === '') return config;
    const index = new ConfigIndex(config);
    for (const line of journal.split('\n')) {
      const delta = parseDelta(line);
      if (delta !== null) index.apply(delta);
    }
    return index.toConfig();
  }

  /** Keeps a whole configuration. */
  keep(config: RouterConfig): Promise<void> {
    return this.#inOrder(() => this.#replace(config));
  }

  /** Puts the journal into the whole file: `current` is asked for the configuration when its turn has come. */
  fold(current: () => RouterConfig): Promise<void> {
    return this.#inOrder(() => this.#replace(current()));
  }

  /** Keeps a change. Gives whether the journal has grown so that `fold` should follow when there is time. */
  append(delta: RouterDelta): Promise<boolean> {
    return this.#inOrder(async () => {
      const line = `${JSON.stringify(delta)}\n`;
      await appendFile(this.#journal, line, { mode: 0o600 });
      this.#journalSize += line.length;
      return this.#journalSize > FOLD_AT;
    });
  }

  /** A change that came in while the journal is being folded must not go with it. */
  #inOrder<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#queue.then(work);
    this.#queue = next.catch(() => undefined);
    return next;
  }

  async #replace(config: RouterConfig): Promise<void> {
    await mkdir(dirname(this.#file), { recursive: true });
    const beside = `${this.#file}.new`;
    await writeFile(beside, JSON.stringify(config), { mode: 0o600 });
    await rename(beside, this.#file);
    await rm(this.#journal, { force: true });
    this.#journalSize = 0;
  }
}

/** A line of the journal; `null` for one that was cut off by a crash. */
function parseDelta(line: string): RouterDelta | null {
  if (line === '') return null;
  try {
    return routerDeltaSchema.parse(JSON.parse(line));
  } catch {
    return null;
  }
}
