import { IsolaError } from '@isola/model';
import { visibleDomain } from '../../access/access.ts';
import type { Handlers } from '../../http/call.ts';
import { pageOf } from '../../store/page.ts';
import { makeRecords } from '../../usage/aggregate.ts';
import { usageTypes } from '../../usage/types.ts';
import { usageRecords } from './list.ts';
import { tagsOfRecords } from './record-tags.ts';
import { usageRecordResponse } from './response.ts';

const types = Object.entries(usageTypes).map(([name, { id, description }]) => ({
  id,
  name,
  description,
}));

export const usageCommands = {
  generateUsageRecords: {
    kind: 'sync',
    async run(call, params) {
      const { startdate, enddate, domainid } = params;
      if (startdate !== undefined && enddate !== undefined && startdate > enddate)
        throw new IsolaError('refused_value', {
          reason: `Incorrect Date Range. Start date: ${startdate.toISOString()} is after end date: ${enddate.toISOString()}`,
        });
      if (domainid !== undefined)
        await visibleDomain(call, { parameter: 'domainid', id: domainid });
      const now = new Date();
      await makeRecords(call.tx, {
        now: enddate === undefined || enddate > now ? now : enddate,
        partial: true,
      });
      return { success: true };
    },
  },
  listUsageRecords: {
    kind: 'sync',
    async run(call, params) {
      const query = await usageRecords(call, params);
      const { count, rows } = await pageOf(call, query, params);
      const tags = params.includetags === true ? await tagsOfRecords(call.tx, rows) : null;
      return {
        count,
        items: rows.map(row => usageRecordResponse(row, tags?.get(row.resource_id) ?? [])),
      };
    },
  },
  listUsageTypes: {
    kind: 'sync',
    run: () => Promise.resolve({ count: types.length, items: types }),
  },
} satisfies Partial<Handlers>;
