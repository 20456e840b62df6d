import type { HostAgent, ImageStores } from '@isola/agent-protocol';
import type { Logger } from 'pino';
import type { Db } from '../store/database.ts';
import type { DownloadLimits } from './download.ts';

/** What the work on templates and image stores needs. */
export interface TemplateWork {
  readonly db: Db;
  readonly stores: ImageStores;
  /** The agents of the hosts that are connected now, by the hosts' ids. */
  readonly agents: () => ReadonlyMap<string, HostAgent>;
  /** Folder from which root administrators may register files. */
  readonly importFolder: string;
  readonly limits: DownloadLimits;
  readonly log: Logger;
}
