import type { StoredFile } from '@isola/agent-protocol';
import type { Logger } from 'pino';
import { openAuthority } from '../authority/authority.ts';
import type { SecretBox } from '../identity/secret.ts';
import type { Db } from '../store/database.ts';
import type { Fleet } from './fleet.ts';
import type { HostInstaller } from './installer.ts';
import { listenToAgents } from './listener.ts';
import { bothFleets } from './local-fleet.ts';
import { recordServerUrl } from './server-url.ts';

/** How agents of other hosts are let in. */
export interface AgentSettings {
  /** Port 0 takes a free one. */
  readonly listen: { readonly host: string; readonly port: number };
  /** Names and addresses by which hosts reach this server; the first one is what they are told to dial. */
  readonly advertise: readonly string[];
  /** Puts agents on machines; `null`: they are installed by hand. */
  readonly installer: HostInstaller | null;
  /** The agent's program, one file for Node. */
  readonly program: () => Promise<Buffer>;
}

export interface FleetOptions {
  readonly db: Db;
  readonly secrets: SecretBox;
  readonly log: Logger;
  /** This machine's own. */
  readonly local: Fleet;
  /** `null`: this machine is all there is. */
  readonly agents: AgentSettings | null;
  readonly openTemplate: (id: string) => Promise<StoredFile>;
}

/** The fleet of all hosts; makes the installation's authority at the first start, and listens if it is told to. */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const { db, secrets, log, local, agents, openTemplate } = options;
  const authority = await openAuthority(db, secrets);
  if (agents === null) {
    await recordServerUrl(db, null);
    return local;
  }
  const listener = await listenToAgents({
    db,
    authority,
    log,
    listen: agents.listen,
    advertise: agents.advertise,
    downloads: { openTemplate, program: agents.program },
  });
  await recordServerUrl(db, listener.url);
  log.info({ url: listener.url }, 'agents may dial in');
  const fleet = bothFleets(local, listener.fleet);
  return { ...fleet, close: () => listener.close() };
}
