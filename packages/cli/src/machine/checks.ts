import { readFile } from 'node:fs/promises';
import type { Loaded } from '../config/load.ts';
import { missingPackages } from './apt.ts';
import { packagesOf } from './packages.ts';

/** One thing that the machine must or should have. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** Isola does not run without it. */
  readonly required: boolean;
  readonly found: string;
  /** What to do when it is not ok. */
  readonly remedy: string;
}

/** Checks that come before anything is installed or changed. */
export async function firstChecks(): Promise<readonly Check[]> {
  return [checkRoot(process.getuid?.()), ...(await systemChecks())];
}

export async function systemChecks(): Promise<readonly Check[]> {
  return [await checkSystem(), checkArchitecture(process.arch)];
}

/** Checks for the Debian packages that `up` installs. */
export async function packageCheck(loaded: Loaded): Promise<Check> {
  const names = packagesOf(loaded);
  const missing = await missingPackages(names).catch((): readonly string[] => names);
  return {
    name: 'Debian packages',
    ok: missing.length === 0,
    required: true,
    found: missing.length === 0 ? `${names.length} installed` : `missing: ${missing.join(' ')}`,
    remedy: '`npm run up` installs them, or: apt-get install ' + missing.join(' '),
  };
}

function checkRoot(uid: number | undefined): Check {
  return {
    name: 'root',
    ok: uid === 0,
    required: true,
    found: `user ${uid}`,
    remedy: 'Run it as root: it makes bridges and containers.',
  };
}

async function checkSystem(): Promise<Check> {
  const system = parseOsRelease(await readFile('/etc/os-release', 'utf8').catch(() => ''));
  const family = [system['ID'], ...(system['ID_LIKE'] ?? '').split(' ')];
  return {
    name: 'operating system',
    ok: family.includes('debian') || family.includes('ubuntu'),
    required: true,
    found: system['PRETTY_NAME'] ?? 'unknown',
    remedy: 'Use Debian 12, Debian 13 or Ubuntu 24.04.',
  };
}

function checkArchitecture(arch: string): Check {
  return {
    name: 'processor',
    ok: arch === 'x64' || arch === 'arm64',
    required: true,
    found: arch,
    remedy: 'Use a 64-bit x86 or ARM machine.',
  };
}

/** Reads `/etc/os-release`: `NAME=value`, the value perhaps in quotes. */
export function parseOsRelease(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    text.split('\n').flatMap(line => {
      const match = /^([A-Z_0-9]+)=(["']?)(.*)\2$/.exec(line.trim());
      return match === null ? [] : [[match[1] ?? '', match[3] ?? ''] as const];
    }),
  );
}
