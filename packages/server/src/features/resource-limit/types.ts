import type { ResourceCounts } from '../account/counts.ts';
import type { SettingName } from '../setting/registry.ts';

interface ResourceType {
  /** CloudStack's number of it. */
  readonly number: number;
  /** Beginning of its fields in accounts and domains: `vm` of `vmlimit`. */
  readonly field: string;
  readonly counted: keyof ResourceCounts;
  readonly accountDefault: SettingName;
  readonly domainDefault: SettingName;
  /** `null`: a project cannot have any. */
  readonly projectDefault: SettingName | null;
}

/** What is limited, by CloudStack's names. */
export const resourceTypes = {
  user_vm: {
    number: 0,
    field: 'vm',
    counted: 'instances',
    accountDefault: 'max.account.user.vms',
    domainDefault: 'max.domain.user.vms',
    projectDefault: 'max.project.user.vms',
  },
  public_ip: {
    number: 1,
    field: 'ip',
    counted: 'addresses',
    accountDefault: 'max.account.public.ips',
    domainDefault: 'max.domain.public.ips',
    projectDefault: 'max.project.public.ips',
  },
  template: {
    number: 4,
    field: 'template',
    counted: 'templates',
    accountDefault: 'max.account.templates',
    domainDefault: 'max.domain.templates',
    projectDefault: 'max.project.templates',
  },
  project: {
    number: 5,
    field: 'project',
    counted: 'projects',
    accountDefault: 'max.account.projects',
    domainDefault: 'max.domain.projects',
    projectDefault: null,
  },
  network: {
    number: 6,
    field: 'network',
    counted: 'networks',
    accountDefault: 'max.account.networks',
    domainDefault: 'max.domain.networks',
    projectDefault: 'max.project.networks',
  },
  cpu: {
    number: 8,
    field: 'cpu',
    counted: 'cores',
    accountDefault: 'max.account.cpus',
    domainDefault: 'max.domain.cpus',
    projectDefault: 'max.project.cpus',
  },
  memory: {
    number: 9,
    field: 'memory',
    counted: 'memoryMiB',
    accountDefault: 'max.account.memory',
    domainDefault: 'max.domain.memory',
    projectDefault: 'max.project.memory',
  },
} as const satisfies Record<string, ResourceType>;

export type ResourceTypeName = keyof typeof resourceTypes;

/** Names of all, in the order of their numbers. */
export const resourceTypeNames: readonly ResourceTypeName[] = [
  'user_vm',
  'public_ip',
  'template',
  'project',
  'network',
  'cpu',
  'memory',
];

/** The type of CloudStack's number, or `undefined`. */
export function typeOfNumber(number: number): ResourceTypeName | undefined {
  return resourceTypeNames.find(name => resourceTypes[name].number === number);
}

/** The type of CloudStack's name in any letter case, or `undefined`. */
export function typeOfName(text: string): ResourceTypeName | undefined {
  return resourceTypeNames.find(name => name === text.toLowerCase());
}

/** No limit. */
export const unlimited = -1;
