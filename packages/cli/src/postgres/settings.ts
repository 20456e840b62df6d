import type { ClusterPaths } from './paths.ts';
import { databaseUser } from './paths.ts';

/** One line per setting of `postgresql.conf`, quoted. */
export function renderSettings(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`)
    .join('');
}

/** What the private cluster runs with: a Unix socket that only root and its owner reach, durable commits. */
export function clusterSettings(paths: ClusterPaths): Readonly<Record<string, string>> {
  return {
    listen_addresses: '',
    unix_socket_directories: paths.socket,
    unix_socket_permissions: '0700',
    max_connections: '50',
    shared_buffers: '64MB',
    log_timezone: 'UTC',
    timezone: 'UTC',
    log_line_prefix: '%m [%p] ',
    cluster_name: 'isola',
  };
}

/** `pg_hba.conf`: peers on the socket only, by the map below. */
export const hostBasedAccess = 'local all all peer map=isola\n';

/** `pg_ident.conf`: which users of the operating system may be the database role. */
export function identityMap(owner: string): string {
  return [...new Set(['root', owner])].map(user => `isola ${user} ${databaseUser}\n`).join('');
}
