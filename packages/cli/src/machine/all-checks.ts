import { hostChecks } from '@isola/agent';
import type { Loaded } from '../config/load.ts';
import { type Check, packageCheck, systemChecks } from './checks.ts';

/** Everything that the machine needs for this installation, in the order to mend it. */
export async function allChecks(loaded: Loaded): Promise<readonly Check[]> {
  const host = (await hostChecks(loaded.installation.home)).map(
    ({ name, ok, detail, fix }): Check => ({
      name,
      ok,
      required: true,
      found: detail,
      remedy: fix,
    }),
  );
  return [...(await systemChecks()), await packageCheck(loaded.privateDatabase), ...host];
}
