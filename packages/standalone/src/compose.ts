import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  builtTemplates,
  bundleProgram,
  containerInputs,
  createLocalAgent,
  openImageStores,
  prepareHost,
  sshInstaller,
} from '@isola/agent';
import type { Installation, SimulatorSettings } from '@isola/model';
import {
  type AgentSettings,
  type RunningServer,
  type ServerOptions,
  simulatedImageStores,
  simulatedWorld,
  startServer,
  type TemplateSettings,
} from '@isola/server';
import type { Logger } from 'pino';
import { adminPassword, writeAdminFile } from './admin-file.ts';
import { seedSettings } from './settings.ts';
import { LocalTemplates } from './template-source.ts';

export interface Running {
  /** The API's endpoint. */
  readonly url: string;
  /** Stops answering and converging, in order. Routers and guests go on. */
  close(): Promise<void>;
}

/** The installation, running. `admin.json` is there when it resolves. */
export function compose(installation: Installation, log: Logger): Promise<Running> {
  if (installation.simulator !== null)
    return composeSimulator(installation, installation.simulator, log);
  return installation.localHost
    ? composeMachine(installation, log)
    : composeServer(installation, log);
}

/** Hosts in memory; nothing of the machine is touched outside of the home. */
async function composeSimulator(
  installation: Installation,
  { hosts, patience, mocks }: SimulatorSettings,
  log: Logger,
): Promise<Running> {
  const { home } = installation;
  return serve(installation, {
    databaseUrl: installation.databaseUrl,
    listen: installation.listen,
    agent: null,
    simulator: {
      world: simulatedWorld(),
      hosts,
      mocks,
      patience: { first: 250, longest: 1000, jobs: patience * 1000, firstAnswer: patience * 1000 },
    },
    agents: null,
    imageStores: simulatedImageStores(),
    templates: {
      imageStore: 'file:///simulated',
      importFolder: join(home, 'import'),
      builtIn: [],
    },
    log,
  });
}

/** The management server alone: its hosts are other machines. */
async function composeServer(installation: Installation, log: Logger): Promise<Running> {
  const { home } = installation;
  const imageStores = openImageStores(home);
  const running = await serve(installation, {
    databaseUrl: installation.databaseUrl,
    listen: installation.listen,
    agent: null,
    simulator: null,
    agents: agentSettings(installation),
    imageStores,
    templates: await templateSettings(home),
    log,
  });
  return {
    url: running.url,
    async close() {
      await running.close();
      await imageStores.close();
    },
  };
}

async function serve(
  installation: Installation,
  options: Omit<ServerOptions, 'settings' | 'secretKeyFile'>,
): Promise<RunningServer> {
  const { home } = installation;
  const password = await adminPassword(home, installation.adminPassword);
  const server = await startServer({
    ...options,
    settings: seedSettings(installation, password),
    secretKeyFile: join(home, 'secret-key'),
  });
  await writeAdminFile(home, password, server);
  return server;
}

function agentSettings({ home, agents }: Installation): AgentSettings | null {
  if (agents === null) return null;
  const program = agentProgram();
  return { ...agents, installer: sshInstaller(home, program), program };
}

/** One machine's Isola: prepares the host and puts the agent into the server. */
async function composeMachine(installation: Installation, log: Logger): Promise<Running> {
  const { home, imagesFolder, hypervisor, publicNetwork, listen, databaseUrl } = installation;
  const agentOptions = {
    home,
    imagesFolder,
    hypervisor,
    kvm: installation.kvm,
    publicNetwork,
    guestInterface: installation.guestNetwork.interface,
    underlay: installation.underlay,
    logger: log,
  };
  await prepareHost(agentOptions);
  const templates = new LocalTemplates();
  const agent = await createLocalAgent(agentOptions, templates);
  const imageStores = openImageStores(home);
  try {
    const server = await serve(installation, {
      databaseUrl,
      listen,
      agent,
      simulator: null,
      agents: agentSettings(installation),
      imageStores,
      templates: await templateSettings(home),
      log,
    });
    templates.serve(server);
    return {
      url: server.url,
      close: async () => {
        await server.close();
        await agent.close();
        await imageStores.close();
      },
    };
  } catch (error) {
    await agent.close();
    throw error;
  }
}

/** The agent's program for other hosts, made when the first one asks for it. */
function agentProgram(): () => Promise<Buffer> {
  const folder = new URL('../../cli/src/agent/', import.meta.url);
  let program: Promise<Buffer> | null = null;
  return () => {
    program ??= containerInputs().then(files =>
      bundleProgram({
        entry: fileURLToPath(new URL('main.ts', folder)),
        before: fileURLToPath(new URL('older-node.ts', folder)),
        node: 18,
        files,
      }),
    );
    return program;
  };
}

/** Routers are made of the template of this name. */
const systemTemplate = 'systemvm';

/** The image store of a new installation and what goes into it: folders of the home. */
async function templateSettings(home: string): Promise<TemplateSettings> {
  const secondary = join(home, 'secondary');
  const importFolder = join(home, 'import');
  // What tenants register is for nobody else on the machine.
  for (const folder of [secondary, importFolder])
    await mkdir(folder, { recursive: true, mode: 0o700 });
  const built = await builtTemplates(importFolder);
  return {
    imageStore: `file://${secondary}`,
    importFolder,
    builtIn: built.map(({ name, version, osType, format, path, checksum }) => ({
      name,
      displayText: `${osType} (${name} ${version})`,
      type: name === systemTemplate ? 'SYSTEM' : 'BUILTIN',
      hypervisor: 'KVM',
      format,
      osType,
      file: path,
      checksum,
    })),
  };
}
