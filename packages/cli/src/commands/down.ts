import { rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { forgetImages, teardownHost } from '@isola/agent';
import type { Installation } from '@isola/model';
import type { Command } from 'commander';
import { CliError, messageOf } from '../cli-error.ts';
import { defaultImages } from '../config/resolve.ts';
import { releasePackages } from '../machine/apt.ts';
import { isHome, removeHome, upLock } from '../machine/home.ts';
import { readInstalled } from '../machine/installed.ts';
import { stopCluster } from '../postgres/cluster.ts';
import { endHolder } from '../process/lock.ts';
import { progressOn } from '../process/progress.ts';
import { kindOfHome } from './kind.ts';
import { type ConfigOptions, load, withConfigOptions } from './options.ts';
import { complain } from './output.ts';

interface DownOptions extends ConfigOptions {
  readonly purge?: true;
}

const progress = progressOn(process.stderr);

/** `isola down`: stops the server, the networks and the database; `--purge` removes all that was made. */
export function addDown(program: Command): void {
  withConfigOptions(program.command('down'))
    .description('stop everything, networks included')
    .option(
      '--purge',
      'also remove all data, changes to the machine, and images that no other installation uses',
    )
    .action(async (options: DownOptions) => {
      const { installation } = await load(options);
      await down(installation, options.purge === true);
    });
}

async function down(installation: Installation, purge: boolean): Promise<void> {
  const { home, imagesFolder, kvm } = installation;
  const kind = (await kindOfHome(home)) ?? (installation.simulator === null ? 'real' : 'simulator');
  const simulated = kind === 'simulator';
  if (!simulated && process.getuid?.() !== 0) throw new CliError('isola down must be run as root');
  if (!(await isHome(home))) {
    progress.line(`nothing to stop: ${home} is not a home of Isola`);
    return;
  }
  const errors: string[] = [];
  /** Goes on past a failure: what can be stopped and removed is. */
  const attempt = async (title: string, work: () => Promise<unknown>): Promise<boolean> => {
    try {
      await progress.step(title, work);
      return true;
    } catch (error) {
      errors.push(`${title}: ${messageOf(error)}`);
      return false;
    }
  };
  await attempt('stopping the management server', () => endHolder(upLock(home), 60_000));
  if (!simulated)
    await attempt('stopping networks', () =>
      teardownHost({ home, libvirtUri: kvm.libvirtUri, purge }),
    );
  await attempt('stopping PostgreSQL', () => stopCluster(home));
  // What is still there after a failure is needed for the next attempt.
  if (purge && errors.length === 0) {
    await attempt('letting go of Debian packages', () => releaseInstalled(home));
    if (!simulated) await attempt('letting go of images', () => releaseImages(home, imagesFolder));
    await attempt('removing files', () => removeFiles(home));
  }
  for (const error of errors) complain(`error: ${error}`);
  if (errors.length > 0) process.exitCode = 1;
}

async function releaseInstalled(home: string): Promise<void> {
  const names = await readInstalled(home);
  if (names.length === 0) return;
  await releasePackages(names);
  progress.line('`apt-get autoremove` removes the Debian packages that Isola installed');
}

async function releaseImages(home: string, imagesFolder: string): Promise<void> {
  await forgetImages({ home, imagesFolder });
  // Nobody else's either once it is empty.
  if (imagesFolder === defaultImages) await rmdir(dirname(imagesFolder)).catch(() => undefined);
}

async function removeFiles(home: string): Promise<void> {
  const kept = await removeHome(home);
  if (kept.length > 0) progress.line(`kept in ${home}: ${kept.join(', ')}`);
}
