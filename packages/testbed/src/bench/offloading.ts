import { until } from '../world/exec.ts';
import type { Place } from '../world/place.ts';

/** A router's flow table, as one can switch it off by hand. */
export interface Offloading {
  /** No new connection gets into it, until `resume`: the router's program would put it right, and is stopped. */
  stop(): Promise<void>;
  /** Starts the program and waits until it has put it right. */
  resume(): Promise<void>;
}

const service = '/etc/service/isola-router';
/** A router's program starts within seconds where processors are emulated. */
const patienceMs = 120_000;

/** That of a container router. */
export function offloadingOf(router: Place): Offloading {
  const rules = async (): Promise<readonly string[]> =>
    offloadRulesOf(await router.run(['nft', '-a', 'list', 'ruleset']));
  return {
    stop: async () => {
      await router.run(['sv', '-w', '30', 'down', service]);
      const found = await rules();
      if (found.length === 0) throw new Error('the router has no flow table');
      for (const rule of found) await router.run(['nft', `delete rule ${rule}`]);
    },
    resume: async () => {
      await router.run(['sv', '-w', '30', 'up', service]);
      await until('the flow table', async () => (await rules()).length > 0, patienceMs);
    },
  };
}

/** Of a listed ruleset with handles, the rules that fill a flow table: `ip TABLE CHAIN handle NUMBER`. */
export function offloadRulesOf(listed: string): readonly string[] {
  let table = '';
  let chain = '';
  const found: string[] = [];
  for (const line of listed.split('\n')) {
    table = /^table (\S+ \S+)/.exec(line)?.[1] ?? table;
    chain = /^\s+chain (\S+)/.exec(line)?.[1] ?? chain;
    const handle = /flow add @.* # (handle \d+)$/.exec(line)?.[1];
    if (handle !== undefined) found.push(`${table} ${chain} ${handle}`);
  }
  return found;
}
