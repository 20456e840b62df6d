import type { Keys } from '../http/test-server.ts';
import { type Driver, definitions, type Params } from './test-driver.ts';

/** What some lists must be told; the rest they are asked for in full. */
export interface Asked {
  readonly physicalnetworkid: string;
  readonly virtualmachineid: string;
  readonly networkid: string;
  readonly templateid: string;
  readonly projectid: string;
}

/** Every list with what it needs, for everything the caller may see. */
export function listCalls(asked: Asked): readonly (readonly [command: string, params: Params])[] {
  const known: Readonly<Record<string, string>> = {
    ...asked,
    templatefilter: 'executable',
    option: 'icmptype',
    resourcetype: 'Network',
    startdate: '2020-01-01',
    enddate: '2999-01-01',
  };
  return [...definitions.values()].flatMap(({ name, params }) => {
    if (!name.startsWith('list')) return [];
    const given: Record<string, string> = {};
    for (const [parameter, { required }] of Object.entries(params))
      if (required === true) given[parameter] = known[parameter] ?? '';
    if (name === 'listTemplatePermissions') given['id'] = asked.templateid;
    if ('listall' in params) given['listall'] = 'true';
    if ('isrecursive' in params) given['isrecursive'] = 'true';
    const ofProjects =
      params['projectid']?.min === -1 ? [[name, { ...given, projectid: '-1' }] as const] : [];
    return [[name, given] as const, ...ofProjects];
  });
}

/** Asks for every list, as those who see most of each. */
export async function askForLists(
  cloud: Driver,
  callers: readonly Keys[],
  asked: Asked,
): Promise<void> {
  for (const by of callers)
    for (const [command, params] of listCalls(asked)) {
      const { status } = await cloud.server.call(by, command, params);
      // What the caller's role has not, or what is not theirs.
      if (status === 432 || status === 531) continue;
      await cloud.call(by, command, params);
    }
}
