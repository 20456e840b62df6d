import type { ResourceCounts } from '../account/counts.ts';
import type { Limits } from './limits.ts';
import { unlimited } from './types.ts';

/** Counts and limits as accounts, domains and projects show them. */
export function countFields(counts: ResourceCounts, limits: Limits) {
  return {
    ...fieldsOf('vm', counts.instances, limits.user_vm),
    ...fieldsOf('cpu', counts.cores, limits.cpu),
    ...fieldsOf('memory', counts.memoryMiB, limits.memory),
    ...fieldsOf('network', counts.networks, limits.network),
    ...fieldsOf('ip', counts.addresses, limits.public_ip),
    ...fieldsOf('template', counts.templates, limits.template),
  };
}

/** As `countFields`, of who can own projects. */
export function ownerCountFields(counts: ResourceCounts, limits: Limits) {
  return {
    ...countFields(counts, limits),
    ...fieldsOf('project', counts.projects, limits.project),
  };
}

function fieldsOf<const P extends string>(prefix: P, total: number, limit: number) {
  const free = limit === unlimited ? 'Unlimited' : String(Math.max(0, limit - total));
  const most = limit === unlimited ? 'Unlimited' : String(limit);
  const fields = {
    [`${prefix}total`]: total,
    [`${prefix}limit`]: most,
    [`${prefix}available`]: free,
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys are made of the prefix
  return fields as Readonly<
    Record<`${P}total`, number> & Record<`${P}limit` | `${P}available`, string>
  >;
}
