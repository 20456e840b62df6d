import { type SqlBool, sql } from 'kysely';
import { identified } from '../../access/access.ts';
import type { Handlers } from '../../http/call.ts';
import { containing } from '../../store/keyword.ts';
import { pageOf } from '../../store/page.ts';

export const managementServerCommands = {
  listManagementServers: {
    kind: 'sync',
    async run(call, params) {
      let query = call.tx
        .selectFrom('management_servers')
        .selectAll('management_servers')
        .select([
          sql<string[]>`array(select id from hosts where state = 'Up' order by seq)`.as('agents'),
          sql<number>`(select count(*) from jobs where status = 0)`.as('jobs'),
        ])
        .orderBy('management_servers.seq');
      if (params.id !== undefined) query = query.where(identified(params.id, 'management_servers'));
      if (params.name !== undefined)
        query = query.where('management_servers.name', '=', params.name);
      if (params.version !== undefined)
        query = query.where(sql<SqlBool>`management_servers.version = ${params.version}`);
      if (params.keyword !== undefined)
        query = query.where(containing('management_servers.name', params.keyword));
      const { count, rows } = await pageOf(call, query, params);
      return {
        count,
        items: rows.map(row => ({
          id: row.id,
          name: row.name,
          state: row.stopped === null ? 'Up' : 'Down',
          version: row.version,
          ipaddress: row.address,
          serviceip: row.address,
          kernelversion: row.kernel,
          osdistribution: row.os,
          lastboottime: row.booted,
          lastserverstart: row.started,
          ...(row.stopped === null ? {} : { lastserverstop: row.stopped }),
          agents: row.agents,
          agentscount: row.agents.length,
          pendingjobscount: row.jobs,
          // One server runs an installation.
          ...(params.peers === true ? { peers: [] } : {}),
        })),
      };
    },
  },
} satisfies Partial<Handlers>;
