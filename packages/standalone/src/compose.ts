import { join } from 'node:path';
import { createLocalAgent, prepareHost } from '@isola/agent';
import { type Installation, IsolaError } from '@isola/model';
import { startServer } from '@isola/server';
import type { Logger } from 'pino';
import { adminPassword, writeAdminFile } from './admin-file.ts';
import { seedSettings } from './settings.ts';

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
    publicNetwork,
    guestInterface: installation.guestNetwork.interface,
    underlay: installation.underlay,
    logger: log,
  };
  await prepareHost(agentOptions);
  const agent = await createLocalAgent(agentOptions, {
    open: () => Promise.reject(new IsolaError('resource_unavailable', { reason: 'not yet' })),
  });
  try {
    const password = await adminPassword(home, installation.adminPassword);
    const server = await startServer({
      databaseUrl,
      listen,
      agent,
      settings: seedSettings(installation, password),
      secretKeyFile: join(home, 'secret-key'),
      log,
    });
    await writeAdminFile(home, password, server);
    return {
      url: server.url,
      close: async () => {
        await server.close();
        await agent.close();
      },
    };
  } catch (error) {
    await agent.close();
    throw error;
  }
}
