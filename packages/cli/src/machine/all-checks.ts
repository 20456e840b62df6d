import { hostChecks } from '@isola/agent';
import type { Loaded } from '../config/load.ts';
import { type Check, packageCheck, systemChecks } from './checks.ts';

/** Everything that the machine needs for this installation, in the order to mend it. */
export async function allChecks(loaded: Loaded): Promise<readonly Check[]> {
  const host = (await hostChecks(loaded.installation)).map(
    ({ name, ok, advisory, detail, fix }): Check => ({
      name,
      ok,
      required: !advisory,
      found: detail,
      remedy: fix,
    }),
  );
  return [...(await systemChecks()), await packageCheck(loaded), ...host];
}
