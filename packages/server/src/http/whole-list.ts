import { Readable } from 'node:stream';
import {
  type Answer,
  type CommandDefinition,
  type ListResult,
  listPieces,
  resultAnswer,
} from '@isola/api';
import { IsolaError } from '@isola/model';
import type { Db } from '../store/database.ts';
import { type Gate, gate } from '../store/gate.ts';
import { httpLimits } from './limits.ts';

/** A list of more than one page, of which the first was read. It holds a transaction until its stream is destroyed. */
export interface WholeList {
  readonly definition: CommandDefinition;
  readonly first: ListResult<object>;
  readonly pagesize: number;
  /** Gives a page as it was when the first one was read; 2 is the one after it. */
  readonly pageAt: (page: number) => Promise<ListResult<object>>;
  readonly end: () => Promise<void>;
}

/** Whether a call asks for a list without pages: `pagesize=-1`. Its `page` says nothing then, as in CloudStack. */
export function wantsWholeList({ name, shape }: CommandDefinition, params: object): boolean {
  return (
    shape === 'list' && name.startsWith('list') && 'pagesize' in params && params.pagesize === -1
  );
}

interface Pages {
  readonly definition: CommandDefinition;
  readonly pagesize: number;
  readonly pageAt: (tx: Db, page: number) => Promise<object>;
}

const gates = new WeakMap<Db, Gate>();

/**
 * Reads the first page of a list in a snapshot of its own. When that is not all, the rest is read from the same snapshot while it is
 * sent, page by page. A bounded number of them at once: each has a connection of the pool.
 */
export async function wholeList(
  db: Db,
  { definition, pagesize, pageAt }: Pages,
): Promise<Answer | WholeList> {
  const leave = await entered(db);
  try {
    const tx = await db
      .startTransaction()
      .setIsolationLevel('repeatable read')
      .setAccessMode('read only')
      .execute();
    const end = async () => {
      try {
        await tx.rollback().execute();
      } finally {
        leave();
      }
    };
    try {
      const first = listOf(await pageAt(tx, 1));
      if (first.items.length < pagesize || first.count <= pagesize) {
        await end();
        return resultAnswer(definition, first);
      }
      const later = async (page: number) => listOf(await pageAt(tx, page));
      return { definition, first, pagesize, pageAt: later, end };
    } catch (error) {
      if (!tx.isRolledBack) await end();
      throw error;
    }
  } catch (error) {
    leave();
    throw error;
  }
}

/** Waits for a place among those who send whole lists; gives what frees it, which may be called again. */
async function entered(db: Db): Promise<() => void> {
  const turn = gates.get(db) ?? gate(httpLimits.wholeLists);
  gates.set(db, turn);
  return new Promise(resolve => {
    void turn(() => new Promise<void>(leave => resolve(leave)));
  });
}

function listOf(result: object): ListResult<object> {
  if ('items' in result && 'count' in result && Array.isArray(result.items))
    return { count: Number(result.count), items: result.items };
  throw new TypeError('a list has items');
}

/**
 * The list as text. It has at most two pages in memory: a page is read when the receiver has taken the one before. Ends the list's
 * transaction however it ends; a receiver that takes too long loses it.
 */
export function streamOf(list: WholeList, json: boolean): Readable {
  const pieces = listPieces(list.definition, { json, count: list.first.count });
  let page = 1;
  let sent = 0;
  async function next(): Promise<{ readonly text: string; readonly last: boolean }> {
    const begins = page === 1;
    const { items } = begins ? list.first : await list.pageAt(page);
    page += 1;
    sent += items.length;
    const last = items.length < list.pagesize || sent >= list.first.count;
    const text = [begins ? pieces.head : '', pieces.items(items, begins), last ? pieces.tail : ''];
    return { text: text.join(''), last };
  }
  let reading: Promise<unknown> = Promise.resolve();
  const stream = new Readable({
    read() {
      reading = next().then(
        ({ text, last }) => {
          stream.push(text);
          if (last) stream.push(null);
        },
        (error: unknown) => stream.destroy(error instanceof Error ? error : new Error('no page')),
      );
    },
    destroy(error, done) {
      clearTimeout(deadline);
      // The connection cannot be given back while a statement runs on it.
      void reading.then(() => list.end()).then(() => done(error), done);
    },
  });
  const deadline = setTimeout(
    () =>
      stream.destroy(new IsolaError('refused_value', { reason: 'the list is taken too slowly' })),
    httpLimits.wholeListTime,
  );
  return stream;
}
