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
import { hasPostgres } from '../postgres/binaries.ts';
import { startCluster, stopCluster } from '../postgres/cluster.ts';
import { writePrivately } from '../process/files.ts';
import { takeLock } from '../process/lock.ts';
import { type Progress, progressOn } from '../process/progress.ts';
import { nextStopSignal } from '../process/signals.ts';
import { type Supervisor, supervise } from '../process/supervisor.ts';
import { insistOnOneKind } from './kind.ts';
import { type ConfigOptions, load, withConfigOptions } from './options.ts';
import { print } from './output.ts';
import { settingsOf, withSettingFlags } from './up-settings.ts';

/** Not imported: the server is a process of its own. */
const serverProgram = fileURLToPath(new URL('../../../standalone/dist/main.js', import.meta.url));

const stopTimeoutMs = 30_000;

/** `isola up`: sets up what is missing and runs the installation in the foreground. */
export function addUp(program: Command): void {
  withSettingFlags(withConfigOptions(program.command('up')))
    .description(
      'set up what is missing and run Isola until Ctrl-C; networks go on after that. With --simulator: hosts, routers and guests in memory, without root',
    )
    .action(async (options: ConfigOptions & Readonly<Record<string, unknown>>) => {
      await up(await load(options, settingsOf(options)), progressOn(process.stderr));
    });
}

/** `isola server`: as `isola up`, and this machine is no host itself. */
export function addServer(program: Command): void {
  withSettingFlags(withConfigOptions(program.command('server')))
    .description(
      'run the management server alone until Ctrl-C; this machine is no host. With --empty there is no zone: the cloud is built through the API',
    )
    .action(async (options: ConfigOptions & Readonly<Record<string, unknown>>) => {
      const loaded = await load(options, settingsOf(options), { localHost: false });
      await up(loaded, progressOn(process.stderr));
    });
}

async function up(loaded: Loaded, progress: Progress): Promise<void> {
  const stopped = nextStopSignal();
  const { home, simulator } = loaded.installation;
  if (simulator === null) insist(await firstChecks());
  await insistOnOneKind(loaded.installation);
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
    progress.line(
      loaded.installation.simulator === null ? 'stopping; networks go on forwarding' : 'stopping',
    );
  } finally {
    await progress.step('stopping the management server', () => server.stop(stopTimeoutMs));
  }
}

async function setUpMachine(loaded: Loaded, progress: Progress): Promise<void> {
  const { installation, privateDatabase } = loaded;
  if (installation.simulator !== null) await setUpSimulator(loaded, progress);
  else await setUpReal(loaded, progress);
  if (privateDatabase)
    await progress.step('starting PostgreSQL', () => startCluster(installation.home));
}

/** Nothing is needed but PostgreSQL, and that only where no other is named. */
async function setUpSimulator(loaded: Loaded, progress: Progress): Promise<void> {
  if (!loaded.privateDatabase || (await hasPostgres())) return;
  if (process.getuid?.() !== 0)
    throw new CliError(
      'PostgreSQL is not installed',
      'Install the package postgresql, or set DATABASE_URL.',
    );
  await installPackages(loaded.installation.home, ['postgresql'], progress);
}

async function installPackages(
  home: string,
  names: readonly string[],
  progress: Progress,
): Promise<void> {
  const installed = await progress.step('installing Debian packages', () => ensurePackages(names));
  if (installed.length > 0) await noteInstalled(home, installed);
}

async function setUpReal(loaded: Loaded, progress: Progress): Promise<void> {
  const { installation } = loaded;
  const { home, imagesFolder, hypervisor, localHost } = installation;
  if (!localHost) return installPackages(home, packagesOf(loaded), progress);
  const names = [...packagesOf(loaded), ...((await usesAppArmor()) ? ['apparmor'] : [])];
  await installPackages(home, names, progress);
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
  const { home, listen, publicNetwork, empty, simulator } = installation;
  print(`ready ${url}`);
  progress.line(`  listening on   ${formatListen(listen)}`);
  progress.line(`  administrator  ${join(home, 'admin.json')}`);
  if (!empty) progress.line(`  public range   ${publicNetwork.first} to ${publicNetwork.last}`);
  progress.line(`  log            ${join(home, 'log/management-server.log')}`);
  progress.line(
    simulator === null
      ? 'Ctrl-C stops the server; `npm run down` stops the networks too.'
      : 'Ctrl-C stops the simulator; `npm run down -- --simulator --purge` removes its data.',
  );
}
