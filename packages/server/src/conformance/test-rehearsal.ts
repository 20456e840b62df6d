import { expect } from 'vitest';
import type { Keys, TestServer } from '../http/test-server.ts';
import type { Driver, Params } from './test-driver.ts';
import { held, Ids, keeping, settled, swaps } from './test-swaps.ts';

export interface Rehearsal {
  readonly cloud: Driver;
  /** Ids of what is the owner's alone. */
  readonly secrets: ReadonlySet<string>;
  /** Calls that strangers tried. */
  readonly tried: ReadonlySet<string>;
  /** Calls that were tried with one foreign id: command and parameter. */
  readonly swapped: ReadonlySet<string>;
}

interface Cast {
  readonly owner: Keys;
  /** Administers the owner's domain. */
  readonly boss: Keys;
  readonly strangers: readonly Keys[];
  /** What is somebody else's. */
  readonly foreign: Ids;
}

/**
 * Every call that names something of the owner's is first tried by strangers, and with one id at a time replaced by a foreign one: it must be refused,
 * or show nothing. That no row changes is seen after the latter; of the former the owner's call, which does its work afterwards, proves it.
 */
export function rehearsed(cloud: Driver, { owner, boss, strangers, foreign }: Cast): Rehearsal {
  const secrets = new Set<string>();
  const tried = new Set<string>();
  const swapped = new Set<string>();
  const own = new Ids();
  const kept = keeping(cloud, own);

  async function tryForeign(command: string, params: Params): Promise<void> {
    const calls = swaps(params, own, foreign);
    if (calls.length === 0) return;
    const before = await settled(cloud.server.db);
    for (const attempt of calls)
      for (const by of [owner, boss])
        await expectNothing(cloud.server, by, {
          command,
          params: attempt,
          secrets: foreign.all(),
        });
    for (const name of Object.keys(params))
      if (calls.some(call => call[name] !== params[name])) swapped.add(`${command} ${name}`);
    const told = `${command} ${JSON.stringify(calls)}`;
    expect([told, await held(cloud.server.db)]).toEqual([told, before]);
  }

  return {
    secrets,
    tried,
    swapped,
    cloud: {
      ...cloud,
      async call(by, command, params = {}) {
        const values = Object.values(params).flatMap(value => value.split(','));
        if (values.some(value => secrets.has(value)))
          for (const stranger of strangers) {
            tried.add(command);
            await expectNothing(cloud.server, stranger, { command, params, secrets });
          }
        const mine = by.apiKey === owner.apiKey;
        if (mine) await tryForeign(command, params);
        const answer: unknown = await (mine ? kept : cloud).call(by, command, params);
        if (mine && !/^(?:list|get|query)/.test(command))
          for (const id of idsOf(answer)) secrets.add(id);
        return answer;
      },
    },
  };
}
/** The id of what was made, and those of its NICs. */
function idsOf(answer: unknown): readonly string[] {
  if (typeof answer !== 'object' || answer === null) return [];
  const own = 'id' in answer && typeof answer.id === 'string' ? [answer.id] : [];
  const nics: readonly unknown[] = 'nic' in answer && Array.isArray(answer.nic) ? answer.nic : [];
  return [...own, ...nics.flatMap(idsOf)];
}

interface Attempt {
  readonly command: string;
  readonly params: Params;
  readonly secrets: ReadonlySet<string>;
}

/** Throws unless the stranger is refused, or is told nothing of the owner's. */
export async function expectNothing(
  server: TestServer,
  stranger: Keys,
  { command, params, secrets }: Attempt,
): Promise<void> {
  const { status, body } = await server.call(stranger, command, params);
  const text = JSON.stringify(body);
  const told = `${command} ${JSON.stringify(params)} as a stranger: ${status} ${text.slice(0, 1000)}`;
  if (status === 200) {
    if (!command.startsWith('list')) throw new Error(told);
    for (const id of secrets) if (text.includes(id)) throw new Error(`${told} shows ${id}`);
  } else if (![431, 432, 531].includes(status)) throw new Error(told);
}
