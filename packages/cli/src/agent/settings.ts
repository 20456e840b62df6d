import { mkdir, readFile, rm, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isolationLimitMs, type JoinedOptions } from '@isola/agent';
import type { Logger } from 'pino';
import { z } from 'zod';
import { CliError, messageOf } from '../cli-error.ts';
import { writePrivately } from '../process/files.ts';

export const defaultSettingsFile = '/etc/isola/agent.json';
export const defaultAgentHome = '/var/lib/isola-agent';

const settingsSchema = z.strictObject({
  /** What the agent dials. */
  serverUrl: z.url({ protocol: /^https$/ }),
  /** The host's name; `null` for the machine's. */
  name: z.string().min(1).nullable(),
  home: z.string().startsWith('/'),
  imagesFolder: z.string().startsWith('/'),
  hypervisor: z.enum(['LXC', 'KVM']),
  kvm: z.strictObject({
    libvirtUri: z.string(),
    acceleration: z.enum(['auto', 'on', 'off']),
    sharedStorage: z.string().nullable(),
  }),
  /** Interfaces of tenants' and public traffic; `null` for none. */
  guestInterface: z.string().nullable(),
  publicInterface: z.string().nullable(),
  underlay: z.strictObject({ address: z.ipv4(), interface: z.string().nullable() }).nullable(),
  /** Seconds without server and neighbours until the host stops what others will start. */
  isolationSeconds: z.number().min(5),
});

/** How the agent of a host that joined is set up. */
export type AgentSettings = z.infer<typeof settingsSchema>;

export const defaultIsolationSeconds = isolationLimitMs / 1000;

/** The settings of a file; `null` when there is none. Throws a `CliError` that names the file and the key. */
export async function readAgentSettings(path: string): Promise<AgentSettings | null> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return null;
  try {
    return settingsSchema.parse(JSON.parse(text));
  } catch (error) {
    const issue = error instanceof z.ZodError ? error.issues[0] : undefined;
    const where = issue === undefined ? '' : ` ${issue.path.join('.')}:`;
    throw new CliError(`${path}:${where} ${issue?.message ?? messageOf(error)}`);
  }
}

export async function writeAgentSettings(path: string, settings: AgentSettings): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writePrivately(path, `${JSON.stringify(settings, null, 2)}\n`);
}

/** Removes the file, and its folder when nothing else is in it. */
export async function removeAgentSettings(path: string): Promise<void> {
  await rm(path, { force: true });
  await rmdir(dirname(path)).catch(() => undefined);
}

/** What the agent itself needs of them. */
export function joinedOptions(settings: AgentSettings, logger: Logger): JoinedOptions {
  const { publicInterface, isolationSeconds, ...rest } = settings;
  return {
    ...rest,
    publicNetwork: {
      // The gateway of the public network is somebody else.
      uplink:
        publicInterface === null ? { kind: 'none' } : { kind: 'interface', name: publicInterface },
      cidr: null,
      gateway: null,
    },
    isolationLimitMs: isolationSeconds * 1000,
    logger,
  };
}
