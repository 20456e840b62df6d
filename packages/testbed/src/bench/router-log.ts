import type { Place } from '../world/place.ts';

/** One apply as the router logged it. */
export interface Apply {
  readonly title: string;
  readonly elements: number;
  readonly milliseconds: number;
}

const line = /apply (generation .*?): ok, elements (\d+),.* ([\d.]+) ms/;

/** The applies in a router's `/var/log/cloud.log`, oldest first. */
export function parseApplies(text: string): readonly Apply[] {
  return text.split('\n').flatMap(each => {
    const [, title, elements, took] = line.exec(each) ?? [];
    if (title === undefined) return [];
    return [{ title, elements: Number(elements), milliseconds: Number(took) }];
  });
}

/** The last applies of a router, oldest first; both of its log files are read. */
export async function appliesOf(router: Pick<Place, 'run' | 'tryRun'>): Promise<readonly Apply[]> {
  const older = await router.tryRun(['cat', '/var/log/cloud.log.1']);
  return parseApplies(`${older.stdout}${await router.run(['cat', '/var/log/cloud.log'])}`);
}

/** A counter of the router program. */
export async function counterOf(router: Place, name: string): Promise<number> {
  const status = await router.run(['isola-router', 'status']);
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(status)?.[1]);
}
