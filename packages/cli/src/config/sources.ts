import { parse } from 'smol-toml';
import { CliError, messageOf } from '../cli-error.ts';
import { type Config, configSchema } from './schema.ts';

/** Values from one place, with the name of that place for messages. */
export interface Source {
  readonly name: string;
  /** Nested as in the file; absent and `undefined` keys set nothing. */
  readonly values: Readonly<Record<string, unknown>>;
  /** What the place calls a key, where that is not the key itself. */
  readonly keyName?: (key: string) => string;
}

/** Reads the text of a configuration file. Throws a `CliError` that names the file and the place. */
export function parseConfigFile(name: string, text: string): Source {
  try {
    return { name, values: parse(text) };
  } catch (error) {
    throw new CliError(`${name}: ${messageOf(error).trim()}`);
  }
}

/** The environment's settings. Empty variables count as absent. */
export function environmentSource(env: Readonly<Record<string, string | undefined>>): Source {
  const variables: Readonly<Record<string, string>> = {
    home: 'ISOLA_HOME',
    listen: 'ISOLA_LISTEN',
    database_url: 'DATABASE_URL',
  };
  const values = Object.fromEntries(
    Object.entries(variables).flatMap(([key, variable]) => {
      const value = env[variable];
      return value === undefined || value === '' ? [] : [[key, value] as const];
    }),
  );
  return { name: 'environment', values, keyName: key => variables[key] ?? key };
}

/**
 * Puts sources together, later ones over earlier ones, each checked against the schema.
 * Throws a `CliError` that names the source, the key and what is wrong.
 */
export function mergeSources(sources: readonly Source[]): Config {
  let merged: Config = {};
  for (const source of sources) merged = overlay(merged, check(source));
  return merged;
}

function check(source: Source): Config {
  const result = configSchema.safeParse(source.values);
  if (result.success) return result.data;
  const lines = result.error.issues.flatMap(issue => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map(key => `${place(source, [...issue.path, key])}: no such setting`);
    }
    return [`${place(source, issue.path)}: ${issue.message}`];
  });
  throw new CliError(lines.join('\n'));
}

function place(source: Source, path: readonly PropertyKey[]): string {
  const key = path.map(String).join('.');
  return source.keyName === undefined ? `${source.name}: ${key}` : source.keyName(key);
}

function overlay(below: Config, above: Config): Config {
  return {
    ...below,
    ...given(above),
    zone: { ...below.zone, ...given(above.zone ?? {}) },
    public: { ...below.public, ...given(above.public ?? {}) },
    guest: { ...below.guest, ...given(above.guest ?? {}) },
    agents: { ...below.agents, ...given(above.agents ?? {}) },
    simulator: { ...below.simulator, ...given(above.simulator ?? {}) },
    underlay: { ...below.underlay, ...given(above.underlay ?? {}) },
  };
}

/** The keys that have a value: a flag that was not given must not hide what is below it. */
function given<T extends object>(values: T): Partial<T> {
  const copy: Partial<T> = { ...values };
  for (const key in copy) if (copy[key] === undefined) delete copy[key];
  return copy;
}
