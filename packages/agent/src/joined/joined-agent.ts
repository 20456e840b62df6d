import { createSocket } from 'node:dgram';
import {
  type HostAgent,
  type HostFacts,
  type Identity,
  joinServer,
  ServerLink,
  type Standing,
  standingAt,
  templateDownload,
} from '@isola/agent-protocol';
import { createLocalAgent, type LocalAgent } from '../agent.ts';
import type { AgentOptions } from '../host/options.ts';
import { prepareHost } from '../host/prepare.ts';
import { watchIsolation } from '../isolation/watch.ts';
import { readIdentity, storeCertificate, storeIdentity } from './pki.ts';

/** A host that takes its commands from a server elsewhere. */
export interface JoinedOptions extends AgentOptions {
  /** `https://192.0.2.1:8250`. */
  readonly serverUrl: string;
  /** The host's name; `null` for the machine's. */
  readonly name: string | null;
  /** Milliseconds without server and neighbours until the host stops what others will start. */
  readonly isolationLimitMs: number;
}

export interface JoinedAgent {
  /** Lets go of everything; nothing on the host stops. */
  close(): Promise<void>;
}

/** Makes the host ready and serves the server it has joined. Throws when it has joined none. */
export async function openJoinedAgent(options: JoinedOptions): Promise<JoinedAgent> {
  const { home, serverUrl, logger } = options;
  const identity = await readIdentity(home);
  if (identity === null) throw new Error(`this host has joined no server: ${home}/pki is empty`);
  let current = identity;
  const agent = await openAgent(options, () => current);
  const link = new ServerLink({
    serverUrl,
    agent,
    identity,
    store: async certificate => {
      current = await storeCertificate(home, certificate);
      return current;
    },
    log: logger,
  });
  const endWatch = watchIsolation({
    connected: () => link.connected,
    neighbours: () => agent.neighbours(),
    reaches: address => agent.reaches(address),
    stop: () => agent.stopForOthers(),
    limitMs: options.isolationLimitMs,
    log: logger,
  });
  return {
    close: async () => {
      endWatch();
      link.close();
      await agent.close();
    },
  };
}

/** What a server thinks of this host; `null` when it has never joined one. */
export async function standingOf(
  options: Pick<JoinedOptions, 'home' | 'serverUrl'>,
): Promise<Standing | null> {
  const identity = await readIdentity(options.home);
  return identity && standingAt(options.serverUrl, identity);
}

/** Joins the server with a token, and keeps the identity that it gives. Gives the host's id there. */
export async function joinAsHost(options: JoinedOptions, token: string): Promise<string> {
  const agent = await openAgent(options, () => {
    throw new Error('this host has joined no server yet');
  });
  let facts: HostFacts;
  try {
    facts = await agent.facts();
  } finally {
    await agent.close();
  }
  const { hostId, identity } = await joinServer(options.serverUrl, token, facts);
  await storeIdentity(options.home, identity);
  return hostId;
}

/** The address of this machine from which packets go to the server; `null` when that is the machine itself. */
export async function addressTowards(serverUrl: string): Promise<string | null> {
  const { hostname, port } = new URL(serverUrl);
  const socket = createSocket('udp4');
  try {
    // Connecting a datagram socket sends nothing: it only chooses the way.
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.connect(Number(port || 443), hostname, resolve);
    });
    const { address } = socket.address();
    return address.startsWith('127.') ? null : address;
  } finally {
    socket.close();
  }
}

async function openAgent(options: JoinedOptions, identity: () => Identity): Promise<LocalAgent> {
  await prepareHost(options);
  const agent = await createLocalAgent(options, templateDownload(options.serverUrl, identity));
  const facts: HostAgent['facts'] = async () => {
    const found = await agent.facts();
    return { ...found, name: options.name ?? found.name };
  };
  return { ...agent, facts };
}
