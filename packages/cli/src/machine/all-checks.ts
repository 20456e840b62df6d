import type { Loaded } from '../config/load.ts';
import { type Check, machineChecks, packageCheck } from './checks.ts';

/** Everything that the machine needs for this installation, in the order to mend it. */
export async function allChecks(loaded: Loaded): Promise<readonly Check[]> {
  return [...(await machineChecks()), await packageCheck(loaded.privateDatabase)];
}
