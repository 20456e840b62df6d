import { join } from 'node:path';

/** Where the private PostgreSQL cluster of a home keeps its things. */
export interface ClusterPaths {
  readonly data: string;
  /** Folder of the Unix socket. */
  readonly socket: string;
  readonly log: string;
}

export const databaseName = 'isola';

/** The database role; the operating system's root is let in as this role. */
export const databaseUser = 'isola';

export function clusterPaths(home: string): ClusterPaths {
  return {
    data: join(home, 'postgres'),
    socket: join(home, 'run/postgres'),
    log: join(home, 'log/postgres.log'),
  };
}

/** URL that reaches the private cluster through its Unix socket. */
export function databaseUrlOf(paths: ClusterPaths): string {
  return `postgresql://${databaseUser}@/${databaseName}?host=${encodeURIComponent(paths.socket)}`;
}
