import {
  addressTowards,
  buildImages,
  hostChecks,
  joinAsHost,
  readyHypervisor,
  standingOf,
  usesAppArmor,
} from '@isola/agent';
import { pino } from 'pino';
import { CliError, messageOf } from '../cli-error.ts';
import { defaultImages } from '../config/resolve.ts';
import { ensurePackages } from '../machine/apt.ts';
import { firstChecks } from '../machine/checks.ts';
import { prepareHome } from '../machine/home.ts';
import { noteInstalled } from '../machine/installed.ts';
import { packagesFor } from '../machine/packages.ts';
import type { Progress } from '../process/progress.ts';
import { hasSystemd, installService, placeProgram } from './service.ts';
import {
  type AgentSettings,
  defaultAgentHome,
  defaultIsolationSeconds,
  joinedOptions,
  readAgentSettings,
  writeAgentSettings,
} from './settings.ts';

/** What the operator says of the host; what is not said stays as it was, or is the default. */
export interface InstallOptions {
  readonly config: string;
  readonly server?: string;
  /** The token, or a file that has it. */
  readonly token?: string;
  readonly name?: string;
  readonly home?: string;
  readonly hypervisor?: 'LXC' | 'KVM';
  readonly guestInterface?: string;
  readonly publicInterface?: string;
  readonly underlayAddress?: string;
  readonly underlayInterface?: string;
  readonly sharedStorage?: string;
  readonly acceleration?: 'auto' | 'on' | 'off';
  readonly libvirtUri?: string;
  readonly images?: string;
  /** Leave the service alone. */
  readonly service: boolean;
}

/**
 * Makes this machine a host: packages, checks, joining, settings, service. Repeated, it goes on where it was; a host that its
 * server knows does not join again, and needs no token.
 */
export async function installAgent(options: InstallOptions, progress: Progress): Promise<void> {
  insist(
    (await firstChecks()).map(check => ({ ...check, detail: check.found, fix: check.remedy })),
  );
  const settings = await settingsOf(options);
  await installPackages(settings, progress);
  await prepareHome(settings.home);
  await readyHypervisor(settings).catch(() => undefined);
  insist((await hostChecks(settings)).map(check => ({ ...check, required: !check.advisory })));
  if (settings.hypervisor === 'LXC')
    await progress.step('building images', note =>
      buildImages(settings, ({ image, detail }) => note(`${image}: ${detail.trim().slice(0, 60)}`)),
    );
  await join(settings, options.token, progress);
  await writeAgentSettings(options.config, settings);
  if (!options.service) return;
  const program = await placeProgram();
  const words = [...program, 'run', '--config', options.config];
  if (!hasSystemd()) {
    progress.line(`there is no systemd here; run the agent with: ${words.join(' ')}`);
    return;
  }
  await progress.step('starting the service', () => installService(words));
}

async function settingsOf(options: InstallOptions): Promise<AgentSettings> {
  const before = await readAgentSettings(options.config);
  const serverUrl = options.server ?? before?.serverUrl;
  if (serverUrl === undefined)
    throw new CliError(
      '--server is needed',
      '`isola agent token` on the server prints the command.',
    );
  const url = checkedUrl(serverUrl);
  const kept = <T>(given: T | undefined, had: T | undefined, otherwise: T): T =>
    given ?? had ?? otherwise;
  const underlayAddress = kept(
    options.underlayAddress,
    before?.underlay?.address,
    (await addressTowards(url)) ?? '',
  );
  return {
    serverUrl: url,
    name: kept(options.name, before?.name, null),
    home: kept(options.home, before?.home, defaultAgentHome),
    imagesFolder: kept(options.images, before?.imagesFolder, defaultImages),
    hypervisor: kept(options.hypervisor, before?.hypervisor, 'KVM'),
    kvm: {
      libvirtUri: kept(options.libvirtUri, before?.kvm.libvirtUri, 'qemu:///system'),
      acceleration: kept(options.acceleration, before?.kvm.acceleration, 'auto'),
      sharedStorage: kept(options.sharedStorage, before?.kvm.sharedStorage, null),
    },
    guestInterface: kept(options.guestInterface, before?.guestInterface, null),
    publicInterface: kept(options.publicInterface, before?.publicInterface, null),
    underlay:
      underlayAddress === ''
        ? null
        : {
            address: underlayAddress,
            interface: kept(options.underlayInterface, before?.underlay?.interface, null),
          },
    isolationSeconds: before?.isolationSeconds ?? defaultIsolationSeconds,
  };
}

function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol !== 'https:' || url.pathname !== '/')
    throw new CliError(`--server: ${text} is not like https://192.0.2.1:8250`);
  return url.origin;
}

async function installPackages(settings: AgentSettings, progress: Progress): Promise<void> {
  const names = [
    ...packagesFor('product', settings.hypervisor === 'LXC' ? 'containers' : 'kvm'),
    ...((await usesAppArmor()) ? ['apparmor'] : []),
  ];
  const installed = await progress.step('installing Debian packages', () => ensurePackages(names));
  await prepareHome(settings.home);
  if (installed.length > 0) await noteInstalled(settings.home, installed);
}

async function join(
  settings: AgentSettings,
  token: string | undefined,
  progress: Progress,
): Promise<void> {
  const standing = await standingOf(settings);
  if (standing?.state === 'known') return progress.line('the server knows this host already');
  if (standing?.state === 'unreachable' && token === undefined)
    throw new CliError(`the server cannot be asked: ${standing.reason}`);
  if (token === undefined)
    throw new CliError(
      standing === null ? '--token is needed' : `the server refuses this host: ${standing.reason}`,
      'Make a token on the server: isola agent token',
    );
  const options = joinedOptions(settings, pino({ level: 'silent' }));
  const id = await progress.step('joining', () =>
    joinAsHost(options, token).catch((error: unknown) => {
      throw new CliError(messageOf(error), '', error);
    }),
  );
  progress.line(`joined ${settings.serverUrl} as host ${id}`);
}

interface Found {
  readonly name: string;
  readonly ok: boolean;
  readonly required: boolean;
  readonly detail: string;
  readonly fix: string;
}

function insist(checks: readonly Found[]): void {
  const missing = checks.filter(check => check.required && !check.ok);
  if (missing.length === 0) return;
  const lines = missing.map(({ name, detail, fix }) => `  ${name}: ${detail}. ${fix}`);
  throw new CliError(`this machine lacks something\n${lines.join('\n')}`);
}
