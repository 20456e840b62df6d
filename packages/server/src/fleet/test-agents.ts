import { createPublicKey } from 'node:crypto';
import { connect, createServer, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import {
  type HostAgent,
  type Identity,
  joinServer,
  makeKey,
  ServerLink,
} from '@isola/agent-protocol';
import { IsolaError } from '@isola/model';
import { pino } from 'pino';
import { type Authority, type Issued, openAuthority } from '../authority/authority.ts';
import { secretBox } from '../identity/secret.ts';
import { type TestZone, testZone } from '../reconciler/test-zone.ts';
import type { Db } from '../store/database.ts';
import type { HostWork } from './host-work.ts';
import { createJoinToken, type HostPlace } from './join-token.ts';
import { type AgentListener, listenToAgents } from './listener.ts';

const log = pino({ level: process.env['ISOLA_TEST_LOG'] ?? 'silent' });
/** Quicker than in earnest, and slow enough for a busy machine. */
const pace = { alive: 100, lost: 2000 };

/** A server's side of the agents, over real TLS, with a network between that can be cut. */
export interface FleetLab {
  readonly db: Db;
  readonly authority: Authority;
  readonly place: HostPlace;
  /** Where agents dial: through the network between. */
  readonly url: string;
  readonly network: Network;
  listener: AgentListener;
  /** A new token for the place. */
  token(place?: HostPlace): Promise<string>;
  /** Joins a host; gives its id and identity. */
  join(agent: HostAgent): Promise<{ readonly hostId: string; readonly identity: Identity }>;
  /** A certificate for the host as the authority issues them, valid for so many days from now. */
  certify(hostId: string, days: number): Promise<{ identity: Identity; issued: Issued }>;
  /** Has an agent dial; it hangs up when the lab closes. */
  dial(agent: HostAgent, identity: Identity): ServerLink;
  /** The host's row says this. */
  until(hostId: string, state: string): Promise<void>;
  restart(): Promise<void>;
  close(): Promise<void>;
}

export const templateFile = Buffer.alloc(3_000_000, 'template');

export async function fleetLab(): Promise<FleetLab> {
  const zone: TestZone = await testZone();
  const { db } = zone;
  const authority = await openAuthority(db, secretBox(Buffer.alloc(32, 1)));
  const cluster = await db.selectFrom('clusters').selectAll().executeTakeFirstOrThrow();
  const place: HostPlace = {
    zoneId: cluster.zone_id,
    podId: cluster.pod_id,
    clusterId: cluster.id,
    tags: ['ssd'],
  };
  const listen = async (port: number): Promise<AgentListener> => {
    const opened = await listenToAgents({
      db,
      authority,
      log,
      listen: { host: '127.0.0.1', port },
      advertise: [],
      pace,
      limits: { inFlight: 20, returnMs: 3000, answerMs: 20_000, copyMs: 20_000 },
      downloads: {
        openTemplate: id =>
          id.startsWith('0')
            ? Promise.reject(
                new IsolaError('template_unavailable', {
                  template: 'tiny',
                  store: 'store1',
                  reason: 'it is gone',
                }),
              )
            : Promise.resolve({
                stream: Readable.from([templateFile]),
                sizeBytes: templateFile.length,
              }),
        program: () => Promise.resolve(Buffer.from('// the program')),
      },
    });
    // The reconciler's part: it finds nothing there that lives elsewhere.
    opened.fleet.onConnection(({ hostId, connected }) => {
      if (connected)
        void db.updateTable('hosts').set({ state: 'Up' }).where('id', '=', hostId).execute();
    });
    return opened;
  };
  let listener = await listen(0);
  const port = Number(new URL(listener.url).port);
  const network = await networkTo(port);
  const url = `https://127.0.0.1:${network.port}`;
  const links: ServerLink[] = [];

  const lab: FleetLab = {
    db,
    authority,
    place,
    url,
    network,
    get listener() {
      return listener;
    },
    token: async (where = place) => (await createJoinToken(db, where)).token,
    join: async agent => joinServer(url, await lab.token(), await agent.facts()),
    certify: async (hostId, days) => {
      const { privateKey, publicKey } = makeKey();
      const issued = authority.issue(
        { name: 'host', reachedBy: ['host'], days },
        createPublicKey(publicKey),
      );
      await db
        .insertInto('host_certificates')
        .values({ ...row(issued), host_id: hostId, host_name: 'host', revoked: null })
        .execute();
      const { certificate } = issued;
      return {
        identity: { authority: authority.certificate, certificate, privateKey },
        issued,
      };
    },
    dial: (agent, identity) => {
      let current = identity;
      const link = new ServerLink({
        serverUrl: url,
        agent,
        identity,
        store: certificate => {
          current = { ...current, certificate };
          return Promise.resolve(current);
        },
        log,
        pace,
      });
      links.push(link);
      return link;
    },
    until: (hostId, state) =>
      until(`host ${state}`, async () => {
        const host = await db
          .selectFrom('hosts')
          .select('state')
          .where('id', '=', hostId)
          .executeTakeFirst();
        return host?.state === state;
      }),
    restart: async () => {
      await listener.close();
      listener = await listen(port);
    },
    close: async () => {
      for (const link of links) link.close();
      await listener.close();
      network.close();
      await zone.close();
    },
  };
  return lab;
}

function row({ fingerprint, serial, expires }: Issued): Omit<Issued, 'certificate'> {
  return { fingerprint, serial, expires };
}

/** Waits for a condition. */
export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited in vain for: ${what}`);
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}

/** Forwards TCP connections, unless told not to. */
export interface Network {
  readonly port: number;
  /** Bytes that agents sent so far. */
  readonly sent: number;
  /** Ends the connections there are. */
  cut(): void;
  /** `up`: forwards; `down`: refuses new connections; `silent`: takes everything and forwards nothing. */
  state: 'up' | 'down' | 'silent';
  /** Bytes per second towards agents, for connections from now on. */
  rate: number;
  close(): void;
}

async function networkTo(target: number): Promise<Network> {
  const sockets = new Set<Socket>();
  const server = createServer(inner => {
    if (network.state === 'down') return inner.destroy();
    const outer = connect(target, '127.0.0.1');
    const { rate } = network;
    const end = (): void => {
      for (const socket of [inner, outer]) {
        sockets.delete(socket);
        socket.destroy();
      }
    };
    for (const socket of [inner, outer]) {
      sockets.add(socket);
      socket.on('error', end);
    }
    inner.on('close', end);
    // What the server sent before it hung up still arrives.
    outer.on('close', () => {
      sockets.delete(outer);
      inner.end();
    });
    inner.on('data', chunk => {
      sent += chunk.length;
      if (network.state === 'up') outer.write(chunk);
    });
    outer.on('data', chunk => {
      if (network.state !== 'up') return;
      inner.write(chunk);
      if (rate === Number.POSITIVE_INFINITY) return;
      outer.pause();
      setTimeout(() => outer.resume(), (1000 * chunk.length) / rate);
    });
    return undefined;
  });
  let sent = 0;
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const network: Network = {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    get sent() {
      return sent;
    },
    state: 'up',
    rate: Number.POSITIVE_INFINITY,
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
    close: () => {
      network.cut();
      server.close();
    },
  };
  return network;
}

/** For commands that have nothing to do with hosts. */
export const noHostWork: Omit<HostWork, 'close'> = {
  installs: false,
  add: () => undefined,
  simulates: false,
  simulate: () => undefined,
  removed: () => undefined,
  reconnect: () => undefined,
};
