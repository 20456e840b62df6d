import { join } from 'node:path';
import type { Command } from 'commander';
import { type Profile, readProfile } from '../api/profile.ts';
import { type Loaded, loadInstallation } from '../config/load.ts';
import { flagOf } from './up-settings.ts';

/** Options that every command takes. */
export interface ConfigOptions {
  readonly config?: string;
  readonly home?: string;
  readonly simulator?: true;
}

export function withConfigOptions(command: Command): Command {
  return command
    .option('--config <file>', 'configuration file (default: ./isola.toml, then HOME/isola.toml)')
    .option('--home <folder>', 'folder of all state (default: /var/lib/isola)')
    .option(
      '--simulator',
      'hosts, routers and guests in memory only (default home: /var/lib/isola-simulator, ~/.isola-simulator for others than root)',
    );
}

/** The installation, with `up`'s settings over those of its file. */
export function load(
  options: ConfigOptions,
  values: Readonly<Record<string, unknown>> = {},
  { localHost = true }: { readonly localHost?: boolean } = {},
): Promise<Loaded> {
  return loadInstallation({
    localHost,
    file: options.config,
    flags: { name: 'flags', values: flagValues(options, values), keyName: flagOf },
    env: process.env,
  });
}

function flagValues(
  { home, simulator }: ConfigOptions,
  values: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  if (simulator === undefined) return { home, ...values };
  return { home, ...values, simulator: { enabled: true, ...Object(values['simulator']) } };
}

export interface ProfileOptions extends ConfigOptions {
  readonly profile?: string;
}

export function withProfileOptions(command: Command): Command {
  return withConfigOptions(command).option(
    '--profile <file>',
    'url, apikey and secretkey to use, as JSON (default: $ISOLA_PROFILE, then HOME/admin.json)',
  );
}

/** The profile of `--profile`, `$ISOLA_PROFILE` or the installation's administrator. */
export async function loadProfile(options: ProfileOptions): Promise<Profile> {
  const chosen = options.profile ?? (process.env['ISOLA_PROFILE'] || undefined);
  if (chosen !== undefined) return readProfile(chosen);
  const { installation } = await load(options);
  return readProfile(join(installation.home, 'admin.json'));
}
