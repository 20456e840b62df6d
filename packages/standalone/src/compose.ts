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
import type { Installation } from '@isola/model';
import { startServer, type TemplateSettings } from '@isola/server';
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

/** One machine's Isola: prepares the host and puts the agent into the server. `admin.json` is there when it resolves. */
export async function compose(installation: Installation, log: Logger): Promise<Running> {
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
  const program = agentProgram();
  try {
    const password = await adminPassword(home, installation.adminPassword);
    const server = await startServer({
      databaseUrl,
      listen,
      agent,
      agents:
        installation.agents === null
          ? null
          : { ...installation.agents, installer: sshInstaller(home, program), program },
      imageStores,
      templates: await templateSettings(home),
      settings: seedSettings(installation, password),
      secretKeyFile: join(home, 'secret-key'),
      log,
    });
    templates.serve(server);
    await writeAdminFile(home, password, server);
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
