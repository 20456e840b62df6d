import type { KeyObject, X509Certificate } from 'node:crypto';
import type { Duplex } from 'node:stream';
import {
  type AgentEvent,
  type FromAgent,
  type FromServer,
  fromAgentSchema,
  hostAgent,
  type Pace,
  protocolVersion,
  WireConnection,
} from '@isola/agent-protocol';
import type { Logger } from 'pino';
import type { Authority } from '../authority/authority.ts';
import { raiseAlert } from '../events/alert.ts';
import type { Db } from '../store/database.ts';
import type { ConnectionChange, Fleet } from './fleet.ts';
import {
  adoptCertificate,
  goodCertificates,
  hostOf,
  type KnownHost,
  recordConnected,
  recordLoad,
  recordLost,
} from './host-rows.ts';
import { issueFor } from './join.ts';
import {
  type AgentConnection,
  type CommandLimits,
  RemoteHost,
  usualLimits,
} from './remote-host.ts';
import { Takeovers } from './takeovers.ts';
import { unavailable } from './unavailable.ts';

export interface AgentFleetOptions {
  readonly db: Db;
  readonly authority: Authority;
  readonly log: Logger;
  readonly pace?: Pace;
  readonly limits?: CommandLimits;
}

/** The fleet of the agents that dialled in. */
export interface AgentFleet extends Fleet {
  /** Takes over a connection whose certificate is good. */
  accept(stream: Duplex, host: KnownHost, certificate: X509Certificate): void;
}

/** One connection, from its first byte. */
interface Session {
  host: KnownHost;
  readonly publicKey: KeyObject;
  readonly connection: AgentConnection;
  /** Waits for `hello`. */
  readonly impatience: NodeJS.Timeout;
  greeted: boolean;
}

/** Milliseconds in which a new connection must say who it is. */
const helloMs = 10_000;
/** Milliseconds between two looks for certificates that were revoked or are too old. */
const revocationMs = 1000;

export function agentFleet(options: AgentFleetOptions): AgentFleet {
  const { db, authority, log } = options;
  const hosts = new Map<string, RemoteHost>();
  /** The one connection of each host that said hello. */
  const sessions = new Map<string, Session>();
  const all = new Set<Session>();
  const eventListeners: ((hostId: string, event: AgentEvent) => void)[] = [];
  const connectionListeners: ((change: ConnectionChange) => void)[] = [];
  /** Rows of one host are written in the order in which things happened. */
  const tails = new Map<string, Promise<void>>();
  const takeovers = new Takeovers();
  let closed = false;

  const inOrder = (hostId: string, what: string, work: () => Promise<void>): Promise<void> => {
    const tail = (tails.get(hostId) ?? Promise.resolve()).then(work).catch((error: unknown) => {
      log.error({ err: error, host: hostId }, what);
    });
    tails.set(hostId, tail);
    return tail;
  };
  const tell = (change: ConnectionChange): void => {
    for (const listener of connectionListeners) listener(change);
  };

  const accept: AgentFleet['accept'] = (stream, host, certificate) => {
    const connection: AgentConnection = new WireConnection<FromAgent, FromServer>(stream, {
      schema: fromAgentSchema,
      patient: true,
      ...(options.pace === undefined ? {} : { pace: options.pace }),
      onMessage: message => take(session, message),
      onClose: reason => end(session, reason),
    });
    const session: Session = {
      host,
      publicKey: certificate.publicKey,
      connection,
      impatience: setTimeout(() => cut(session, 'it said no hello'), helloMs),
      greeted: false,
    };
    all.add(session);
  };

  const take = (session: Session, message: FromAgent): void => {
    const current = sessions.get(session.host.id) === session;
    switch (message.type) {
      case 'alive':
        return;
      case 'hello':
        return session.greeted ? cut(session, 'it said hello twice') : greet(session, message);
      case 'result':
      case 'error':
        if (current) hosts.get(session.host.id)?.answered(message);
        return;
      case 'event':
        if (current) heard(session.host.id, message.event);
        return;
      case 'renew':
        void inOrder(session.host.id, 'a certificate could not be renewed', () => renew(session));
        return;
      case 'renewed':
        void inOrder(session.host.id, 'a new certificate could not be recorded', () =>
          adopt(session, message.fingerprint),
        );
        return;
    }
  };

  const greet = (session: Session, hello: Extract<FromAgent, { type: 'hello' }>): void => {
    clearTimeout(session.impatience);
    session.greeted = true;
    const { id, name } = session.host;
    if (hello.protocol !== protocolVersion)
      return cut(session, `it speaks version ${hello.protocol} of the protocol`);
    void inOrder(id, 'a connection could not be recorded', async () => {
      if (closed || !session.connection.open) return;
      await recordConnected(db, session.host, hello.facts);
      if (!session.connection.open) return recordLost(db, id);
      const before = sessions.get(id);
      sessions.set(id, session);
      const host =
        hosts.get(id) ?? new RemoteHost({ id, name, limits: options.limits ?? usualLimits });
      hosts.set(id, host);
      if (before !== undefined) {
        const live = before.connection.open;
        cut(before, 'the agent came back over a new connection');
        if (live && takeovers.tooMany(id)) await tellOfTwins(session.host);
      }
      session.connection.send({ type: 'welcome', hostId: id });
      host.attach(session.connection);
      log.info({ host: name, version: hello.facts.agentVersion }, 'agent connected');
      if (before === undefined) tell({ hostId: id, connected: true, reason: '' });
    });
  };

  /** An agent that comes back takes its own connection once, not again and again. */
  const tellOfTwins = async ({ id, name }: KnownHost): Promise<void> => {
    const description = `Several agents use the certificate of host ${name} and take its connection from each other: a copied disk? Uninstall the agent on all but one`;
    log.error({ host: name }, description);
    await raiseAlert(db, { name: 'ALERT.COMPUTE.HOST', description, subjectId: id });
  };

  const end = (session: Session, reason: string): void => {
    clearTimeout(session.impatience);
    all.delete(session);
    const { id, name } = session.host;
    if (sessions.get(id) !== session) return;
    sessions.delete(id);
    hosts.get(id)?.detach(reason);
    log.warn({ host: name, reason }, 'agent lost');
    void inOrder(id, 'a lost agent could not be recorded', async () => {
      if (closed || sessions.has(id)) return;
      await recordLost(db, id);
      tell({ hostId: id, connected: false, reason });
    });
  };

  const cut = (session: Session, reason: string): void => {
    session.connection.close();
    end(session, reason);
  };

  const heard = (hostId: string, event: AgentEvent): void => {
    if (event.kind === 'load')
      void inOrder(hostId, 'load could not be recorded', () => recordLoad(db, hostId, event.load));
    for (const listener of eventListeners) listener(hostId, event);
  };

  const renew = async (session: Session): Promise<void> => {
    const { host, publicKey, connection } = session;
    if (!connection.open || (await hostOf(db, host.fingerprint)) === null) return;
    const issued = await issueFor(db, authority, { hostId: host.id, publicKey });
    log.info({ host: host.name, expires: issued.expires }, 'certificate renewed');
    connection.send({ type: 'certificate', certificate: issued.certificate });
  };

  const adopt = async (session: Session, fingerprint: string): Promise<void> => {
    const renewed = await hostOf(db, fingerprint);
    if (renewed?.id !== session.host.id)
      return cut(session, 'it has a certificate of another host');
    await db.transaction().execute(tx => adoptCertificate(tx, renewed));
    session.host = renewed;
  };

  const cutRevoked = async (): Promise<void> => {
    if (all.size === 0) return;
    const checked = [...all];
    const good = await goodCertificates(
      db,
      checked.map(session => session.host.fingerprint),
    );
    const fingerprints = new Set(good.map(host => host.fingerprint));
    for (const session of checked)
      if (!fingerprints.has(session.host.fingerprint))
        cut(session, 'its certificate was revoked or is too old');
  };
  let checking = Promise.resolve();
  const revocations = setInterval(() => {
    checking = checking
      .then(cutRevoked)
      .catch((error: unknown) => log.error({ err: error }, 'certificates could not be checked'));
  }, revocationMs);

  return {
    accept,
    of: hostId =>
      hostAgent(
        (command, ...args) => hosts.get(hostId)?.call(command, ...args) ?? unavailable(hostId),
        {
          onEvent: listener => {
            eventListeners.push((from, event) => {
              if (from === hostId) listener(event);
            });
          },
          // The connection is the fleet's.
          close: () => Promise.resolve(),
        },
      ),
    connected: () => [...sessions.keys()],
    onEvent: listener => {
      eventListeners.push(listener);
    },
    onConnection: listener => {
      connectionListeners.push(listener);
    },
    drop: hostId => {
      const session = sessions.get(hostId);
      if (session !== undefined) cut(session, 'an administrator had it connect anew');
    },
    close: async () => {
      closed = true;
      clearInterval(revocations);
      for (const session of all) {
        session.connection.close();
        clearTimeout(session.impatience);
      }
      all.clear();
      sessions.clear();
      for (const host of hosts.values()) host.close('the server is stopping');
      await checking;
      await Promise.all(tails.values());
    },
  };
}
