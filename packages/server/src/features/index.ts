import type { Handlers } from '../http/call.ts';
import { discoveryCommands } from './discovery/commands.ts';
import { jobCommands } from './job/commands.ts';
import { networkCommands } from './network/commands.ts';
import { networkOfferingCommands } from './network-offering/commands.ts';
import { settingCommands } from './setting/commands.ts';

/** The handlers of all features. One line for each. */
export const handlers: Partial<Handlers> = {
  ...discoveryCommands,
  ...jobCommands,
  ...networkCommands,
  ...networkOfferingCommands,
  ...settingCommands,
};
