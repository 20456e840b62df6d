import type { ResultOf } from '@isola/api';
import { ownedBy } from '../../access/owned-by.ts';
import { usageTypes } from '../../usage/types.ts';
import { osTypes } from '../os-type/os-types.ts';
import type { TagEntity } from '../tag/load.ts';
import type { ShownRecord } from './list.ts';

type UsageRecord = ResultOf<'listUsageRecords'>['items'][number];

const inBytes: ReadonlySet<number> = new Set([
  usageTypes.NETWORK_BYTES_SENT.id,
  usageTypes.NETWORK_BYTES_RECEIVED.id,
]);
const texts = new Map<number, string>(
  Object.values(usageTypes).map(({ id, description }) => [id, description]),
);

/** A usage record as the API shows it. */
export function usageRecordResponse(row: ShownRecord, tags: readonly TagEntity[]): UsageRecord {
  const amount = inBytes.has(row.type) ? String(row.amount) : rounded(row.amount);
  return {
    // Written by the triggers under the names that the answer has.
    ...row.fields,
    ...systemOf(row.os_type),
    ...ownedBy({ ...row, account: row.account_name }),
    accountid: row.account_id,
    domainid: row.domain_id,
    ...(row.domain === null ? {} : { domain: row.domain }),
    ...(row.domain_path === null ? {} : { domainpath: row.domain_path }),
    ...(row.zone_id === null ? {} : { zoneid: row.zone_id }),
    description: `${texts.get(row.type) ?? 'Usage'}: ${row.name}`,
    name: row.name,
    usagetype: row.type,
    usageid: row.resource_id,
    rawusage: amount,
    usage: `${amount} ${inBytes.has(row.type) ? 'Bytes' : 'Hrs'}`,
    startdate: row.started,
    enddate: row.ended,
    ...(tags.length === 0 ? {} : { tags }),
  };
}

/** The operating system of an instance's template, or of the template that the record is about. */
function systemOf(name: string | null) {
  const type = osTypes.find(one => one.name === name);
  if (type === undefined) return {};
  const { id: ostypeid, name: osdisplayname, category } = type;
  return { ostypeid, osdisplayname, oscategoryid: category.id, oscategoryname: category.name };
}

/** Hours with six digits at most, which is less than a hundredth of a second. */
function rounded(hours: number): string {
  return String(Math.round(hours * 1e6) / 1e6);
}
