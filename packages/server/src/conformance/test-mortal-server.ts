import { expect } from 'vitest';
import { type Keys, type TestServer, testServer } from '../http/test-server.ts';
import { readUnfinished } from '../reconciler/unfinished.ts';
import type { Db } from '../store/database.ts';
import type { Params } from './test-driver.ts';
import { expectOrder, holdings } from './test-holdings.ts';

/** A server that dies when it is told to, and the next ones, which take over from it. */
export interface MortalServer {
  readonly server: TestServer;
  /** As a client that calls again when the server comes back: gives the object of the answer, or of the job's result. Throws when it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every command.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly call: (by: Keys, command: string, params?: Params) => Promise<any>;
  /** Waits for a condition, through the death of the server. */
  until(what: string, holds: () => Promise<boolean>): Promise<void>;
  /** Waits until nothing is left to be done and checks that nobody has what no row names. */
  quiet(): Promise<void>;
  /**
   * Has the work done again and again; each time the server dies once, at the first step at which it has not died yet, until there is none. A step is
   * a command with a point of `faultPoint`. Gives the steps.
   */
  dieAtEachStep(work: Work): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface Work {
  /** What the server does not die in. */
  readonly prepare?: () => Promise<void>;
  readonly carryOut: () => Promise<void>;
}

const patience = 60_000;

/** With so many simulated hosts. */
export async function mortalServer(hosts: number): Promise<MortalServer> {
  let command = '';
  /** The server dies at a step that is not in it; `null` while it is to live. */
  let survived: Set<string> | null = null;
  let dead: string | null = null;
  let deaths = 0;
  const server = await testServer({
    simulated: hosts,
    fault(point, die) {
      if (dead !== null) throw new Error(`died at ${dead}`);
      const step = `${command} ${point}`;
      if (survived === null || survived.has(step)) return;
      survived.add(step);
      survived = null;
      dead = step;
      deaths += 1;
      die();
      throw new Error(`died at ${dead}`);
    },
  });

  async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + patience;
    for (;;) {
      if (dead !== null)
        await server.restart(async () => {
          dead = null;
        });
      if (await holds()) return;
      if (Date.now() > deadline) throw new Error(`waited in vain for: ${what}`);
      await new Promise(resolve => setTimeout(resolve, 5));
    }
  }

  async function resultOf(command: string, id: string): Promise<unknown> {
    const read = () =>
      server.db.selectFrom('jobs').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    await until(`the end of ${command}`, async () => (await read()).status !== 0);
    const { status, result } = await read();
    if (status !== 1) throw new Error(`${command}: ${JSON.stringify(result)}`);
    return Object.values(result ?? {})[0];
  }

  const newestJob = async (command: string) =>
    server.db
      .selectFrom('jobs')
      .select('id')
      .where('command', '=', command)
      .orderBy('seq', 'desc')
      .limit(1)
      .executeTakeFirst();

  async function call(by: Keys, name: string, params: Params = {}): Promise<unknown> {
    await until('a server', async () => true);
    command = name;
    const before = await newestJob(name);
    // One that has died since is still to be replaced.
    const deathsBefore = deaths - (dead === null ? 0 : 1);
    let answered = false;
    // A server that dies cuts its connections.
    const cut = (error: unknown) => ({ status: 0, body: String(error) });
    const answer = server
      .call(by, name, params)
      .catch(cut)
      .finally(() => {
        answered = true;
      });
    await until(`the answer to ${name}`, async () => answered);
    const { status, body } = await answer;
    if (status === 200)
      return typeof body.jobid === 'string' ? resultOf(name, body.jobid) : Object.values(body)[0];
    const refusal = `${name} ${JSON.stringify(params)}: ${status} ${JSON.stringify(body)}`;
    if (deaths === deathsBefore) throw new Error(refusal);
    // The server died between what was asked for and the answer; of what was cut off nobody knows whether it arrived.
    const job = await newestJob(name);
    if (job !== undefined && job.id !== before?.id) return resultOf(name, job.id);
    return status === 0 ? call(by, name, params) : {};
  }

  async function quiet(): Promise<void> {
    await until('quiet', async () => (await isQuiet(server.db)) && dead === null);
    const deadline = Date.now() + patience;
    for (;;) {
      try {
        await expectOrder(server);
        return;
      } catch (error) {
        // The last steps follow what is on record.
        if (Date.now() > deadline) throw error;
      }
      await until('quiet', () => isQuiet(server.db));
      await new Promise(resolve => setTimeout(resolve, 20));
    }
  }

  return {
    server,
    call,
    until,
    quiet,
    async dieAtEachStep({ prepare, carryOut }) {
      const steps = new Set<string>();
      for (;;) {
        const held = await holdings(server);
        await prepare?.();
        await quiet();
        const before = steps.size;
        survived = steps;
        try {
          await carryOut();
          await quiet();
          expect(await holdings(server)).toEqual(held);
        } catch (error) {
          const step = steps.size === before ? 'none' : [...steps].at(-1);
          throw new Error(`after a death at: ${step}`, { cause: error });
        }
        survived = null;
        if (steps.size === before) return [...steps];
      }
    },
    close: () => server.close(),
  };
}

async function isQuiet(db: Db): Promise<boolean> {
  const jobs = await db.selectFrom('jobs').select('id').where('status', '=', 0).limit(1).execute();
  return jobs.length === 0 && (await readUnfinished(db)).length === 0;
}
