import type { Keys, TestServer } from '../http/test-server.ts';
import type { Driver, Params } from './test-driver.ts';

export interface Rehearsal {
  readonly cloud: Driver;
  /** Ids of what is the owner's alone. */
  readonly secrets: ReadonlySet<string>;
  /** Calls that strangers tried. */
  readonly tried: ReadonlySet<string>;
}

/**
 * Every call that names something of the owner's is first tried by strangers: it must be refused, or show nothing. That the owner's call does its
 * work afterwards proves that nothing had changed.
 */
export function rehearsed(cloud: Driver, owner: Keys, strangers: readonly Keys[]): Rehearsal {
  const secrets = new Set<string>();
  const tried = new Set<string>();
  return {
    secrets,
    tried,
    cloud: {
      ...cloud,
      async call(by, command, params = {}) {
        const values = Object.values(params).flatMap(value => value.split(','));
        if (values.some(value => secrets.has(value)))
          for (const stranger of strangers) {
            tried.add(command);
            await expectNothing(cloud.server, stranger, { command, params, secrets });
          }
        const answer: unknown = await cloud.call(by, command, params);
        if (by.apiKey === owner.apiKey && !/^(?:list|get|query)/.test(command))
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
