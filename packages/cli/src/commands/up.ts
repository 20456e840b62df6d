import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  buildImages,
  hasTemplate,
  ImageUnavailableError,
  readyHypervisor,
  usesAppArmor,
} from '@isola/agent';
import type { Command } from 'commander';
import { CliError, messageOf } from '../cli-error.ts';
import type { Loaded } from '../config/load.ts';
import { formatListen } from '../config/schema.ts';
import { allChecks } from '../machine/all-checks.ts';
import { ensurePackages } from '../machine/apt.ts';
import { type Check, firstChecks } from '../machine/checks.ts';
import { prepareHome, upLock } from '../machine/home.ts';
import { noteInstalled } from '../machine/installed.ts';
import { packagesOf } from '../machine/packages.ts';
import { insistOnFreeAddress } from '../machine/port.ts';
import { buildTemplate, importFolderOf, templateKinds } from '../machine/templates.ts';
import { startCluster, stopCluster } from '../postgres/cluster.ts';
import { writePrivately } from '../process/files.ts';
import { takeLock } from '../process/lock.ts';
import { type Progress, progressOn } from '../process/progress.ts';
import { nextStopSignal } from '../process/signals.ts';
import { type Supervisor, supervise } from '../process/supervisor.ts';
import { type ConfigOptions, load, withConfigOptions } from './options.ts';
import { print } from './output.ts';
import { settingsOf, withSettingFlags } from './up-settings.ts';

/** Not imported: the server is a process of its own. */
const serverProgram = fileURLToPath(new URL('../../../standalone/dist/main.js', import.meta.url));

const stopTimeoutMs = 30_000;

/** `isola up`: sets up what is missing and runs the installation in the foreground. */
export function addUp(program: Command): void {
  withSettingFlags(withConfigOptions(program.command('up')))
    .description('set up what is missing and run Isola until Ctrl-C; networks go on after that')
    .action(async (options: ConfigOptions & Readonly<Record<string, unknown>>) => {
      await up(await load(options, settingsOf(options)), progressOn(process.stderr));
    });
}

async function up(loaded: Loaded, progress: Progress): Promise<void> {
  const stopped = nextStopSignal();
  const { home } = loaded.installation;
  insist(await firstChecks());
  await prepareHome(home);
  const releaseLock = await takeLock(upLock(home));
  try {
    await insistOnFreeAddress(loaded.installation.listen);
    const prepared = await Promise.race([setUpMachine(loaded, progress), stopped]);
    if (prepared !== null) await runServer(loaded, progress, stopped);
  } finally {
    if (loaded.privateDatabase) await stopCluster(home);
    await releaseLock();
  }
}

async function runServer(
  loaded: Loaded,
  progress: Progress,
  stopped: Promise<null>,
): Promise<void> {
  const server = await startServer(loaded, progress);
  try {
    const url = await Promise.race([
      progress.step('starting the management server', () => server.ready),
      stopped,
    ]);
    if (url !== null) {
      announce(loaded, url, progress);
      await stopped;
    }
    progress.line('stopping; networks go on forwarding');
  } finally {
    await progress.step('stopping the management server', () => server.stop(stopTimeoutMs));
  }
}

async function setUpMachine(loaded: Loaded, progress: Progress): Promise<void> {
  const { installation, privateDatabase } = loaded;
  const { home, imagesFolder, hypervisor } = installation;
  const names = [...packagesOf(loaded), ...((await usesAppArmor()) ? ['apparmor'] : [])];
  const installed = await progress.step('installing Debian packages', () => ensurePackages(names));
  if (installed.length > 0) await noteInstalled(home, installed);
  // A failure shows in the checks, with what to do.
  await readyHypervisor(installation).catch(() => undefined);
  insist(await allChecks(loaded));
  if (hypervisor === 'LXC')
    await progress.step('building images', note =>
      buildImages({ home, imagesFolder }, ({ image, state, detail }) => {
        if (state === 'building') note(`${image}: ${detail.trim().slice(0, 60)}`);
      }).catch(error => explain(error, imagesFolder)),
    );
  if (hypervisor === 'KVM') await buildTemplates(home, progress);
  if (privateDatabase) await progress.step('starting PostgreSQL', () => startCluster(home));
}

/** The server takes them from there into its image store. */
async function buildTemplates(home: string, progress: Progress): Promise<void> {
  const folder = importFolderOf(home);
  for (const kind of templateKinds)
    if (!(await hasTemplate(folder, kind))) await buildTemplate(kind, folder, progress);
}

function explain(error: unknown, imagesFolder: string): never {
  if (!(error instanceof ImageUnavailableError)) throw error;
  throw new CliError(
    `${imagesFolder} lacks an image, and Debian's archive cannot be reached to build it\n${messageOf(error)}`,
    'Run `npm run up` once where the archive can be reached, or set `images` to a folder that has the images.',
  );
}

/** Throws unless everything that is required is there. */
function insist(checks: readonly Check[]): void {
  const missing = checks.filter(check => check.required && !check.ok);
  if (missing.length === 0) return;
  const lines = missing.map(({ name, found, remedy }) => `  ${name}: ${found}. ${remedy}`);
  throw new CliError(`this machine lacks something\n${lines.join('\n')}`);
}

async function startServer({ installation }: Loaded, progress: Progress): Promise<Supervisor> {
  const settings = join(installation.home, 'run/settings.json');
  await writePrivately(settings, JSON.stringify(installation));
  return supervise({
    program: serverProgram,
    args: [settings],
    env: { ...process.env, ISOLA_HOME: installation.home },
    onCrash: (how, delayMs) =>
      progress.line(`the management server ended (${how}); next start in ${delayMs / 1000} s`),
  });
}

function announce({ installation }: Loaded, url: string, progress: Progress): void {
  const { home, listen, publicNetwork } = installation;
  print(`ready ${url}`);
  progress.line(`  listening on   ${formatListen(listen)}`);
  progress.line(`  administrator  ${join(home, 'admin.json')}`);
  progress.line(`  public range   ${publicNetwork.first} to ${publicNetwork.last}`);
  progress.line(`  log            ${join(home, 'log/management-server.log')}`);
  progress.line('Ctrl-C stops the server; `npm run down` stops the networks too.');
}
