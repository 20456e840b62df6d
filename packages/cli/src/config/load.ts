import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Installation } from '@isola/model';
import { CliError } from '../cli-error.ts';
import { clusterPaths, databaseUrlOf } from '../postgres/paths.ts';
import { homeOf, resolveInstallation } from './resolve.ts';
import { machineResolvers } from './resolvers.ts';
import type { Config } from './schema.ts';
import { environmentSource, mergeSources, parseConfigFile, type Source } from './sources.ts';

export interface LoadOptions {
  /** The file given with `--config`, if any. */
  readonly file: string | undefined;
  readonly flags: Source;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `false`: the management server alone, this machine is no host. */
  readonly localHost?: boolean;
}

/** An installation's settings, and whether its database is the private cluster. */
export interface Loaded {
  readonly installation: Installation;
  readonly privateDatabase: boolean;
}

/**
 * Reads the configuration: flags over environment over file over defaults. The file is `--config`, `$ISOLA_CONFIG`,
 * `./isola.toml` or `isola.toml` in the home. Throws a `CliError` that names file and key.
 */
export async function loadInstallation(options: LoadOptions): Promise<Loaded> {
  const above = [environmentSource(options.env), options.flags];
  const file = await readConfigFile(options, homeOf(mergeSources(above)));
  const config: Config = mergeSources(file === null ? above : [file, ...above]);
  const installation = resolveInstallation(config, {
    resolvers: await machineResolvers(),
    adminPassword: options.env['ISOLA_ADMIN_PASSWORD'] || null,
    localHost: options.localHost ?? true,
    privateDatabaseUrl: home => databaseUrlOf(clusterPaths(home)),
  });
  return { installation, privateDatabase: config.database_url === undefined };
}

async function readConfigFile(options: LoadOptions, home: string): Promise<Source | null> {
  const chosen = options.file ?? (options.env['ISOLA_CONFIG'] || undefined);
  if (chosen !== undefined) {
    const text = await readIfThere(resolve(chosen));
    if (text === null) throw new CliError(`${chosen}: no such file`);
    return parseConfigFile(chosen, text);
  }
  for (const path of [resolve('isola.toml'), join(home, 'isola.toml')]) {
    const text = await readIfThere(path);
    if (text !== null) return parseConfigFile(path, text);
  }
  return null;
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
