import { join } from 'node:path';
import type { Command } from 'commander';
import { type Profile, readProfile } from '../api/profile.ts';
import { type Loaded, loadInstallation } from '../config/load.ts';
import { flagOf } from './up-settings.ts';

/** Options that every command takes. */
export interface ConfigOptions {
  readonly config?: string;
  readonly home?: string;
}

export function withConfigOptions(command: Command): Command {
  return command
    .option('--config <file>', 'configuration file (default: ./isola.toml, then HOME/isola.toml)')
    .option('--home <folder>', 'folder of all state (default: /var/lib/isola)');
}

/** The installation, with `up`'s settings over those of its file. */
export function load(
  options: ConfigOptions,
  values: Readonly<Record<string, unknown>> = {},
): Promise<Loaded> {
  return loadInstallation({
    file: options.config,
    flags: { name: 'flags', values: { home: options.home, ...values }, keyName: flagOf },
    env: process.env,
  });
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
