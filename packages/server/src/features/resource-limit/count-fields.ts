import type { ResourceCounts } from '../account/counts.ts';
import type { Limits } from './limits.ts';
import { unlimited } from './types.ts';

/** Counts and limits as accounts, domains and projects show them. */
export function countFields(counts: ResourceCounts, limits: Limits) {
  return {
    vmtotal: counts.instances,
    vmlimit: most(limits.user_vm),
    vmavailable: free(counts.instances, limits.user_vm),
    cputotal: counts.cores,
    cpulimit: most(limits.cpu),
    cpuavailable: free(counts.cores, limits.cpu),
    memorytotal: counts.memoryMiB,
    memorylimit: most(limits.memory),
    memoryavailable: free(counts.memoryMiB, limits.memory),
    networktotal: counts.networks,
    networklimit: most(limits.network),
    networkavailable: free(counts.networks, limits.network),
    iptotal: counts.addresses,
    iplimit: most(limits.public_ip),
    ipavailable: free(counts.addresses, limits.public_ip),
    templatetotal: counts.templates,
    templatelimit: most(limits.template),
    templateavailable: free(counts.templates, limits.template),
  };
}

/** As `countFields`, of who can own projects. */
export function ownerCountFields(counts: ResourceCounts, limits: Limits) {
  return {
    projecttotal: counts.projects,
    projectlimit: most(limits.project),
    projectavailable: free(counts.projects, limits.project),
    ...countFields(counts, limits),
  };
}

function most(limit: number): string {
  return limit === unlimited ? 'Unlimited' : String(limit);
}

function free(total: number, limit: number): string {
  return limit === unlimited ? 'Unlimited' : String(Math.max(0, limit - total));
}
