import type { SettingDefinition } from './definition.ts';

/** How much accounts, domains and projects may have where no limit of their own is set; -1 for no limit. */
export const limitSettings = {
  'max.account.user.vms': {
    category: 'Account Defaults',
    default: 20,
    min: -1,
    max: 1000000000,
    description:
      'Most instances that an account may have where none was set for it; -1 for no limit',
  },
  'max.domain.user.vms': {
    category: 'Domain Defaults',
    default: 40,
    min: -1,
    max: 1000000000,
    description:
      'Most instances that a domain with those below it may have where none was set for it; -1 for no limit',
  },
  'max.account.public.ips': {
    category: 'Account Defaults',
    default: 20,
    min: -1,
    max: 1000000000,
    description:
      'Most public addresses that an account may have where none was set for it; -1 for no limit',
  },
  'max.domain.public.ips': {
    category: 'Domain Defaults',
    default: 40,
    min: -1,
    max: 1000000000,
    description:
      'Most public addresses that a domain with those below it may have where none was set for it; -1 for no limit',
  },
  'max.account.templates': {
    category: 'Account Defaults',
    default: 20,
    min: -1,
    max: 1000000000,
    description:
      'Most templates that an account may have where none was set for it; -1 for no limit',
  },
  'max.domain.templates': {
    category: 'Domain Defaults',
    default: 40,
    min: -1,
    max: 1000000000,
    description:
      'Most templates that a domain with those below it may have where none was set for it; -1 for no limit',
  },
  'max.account.networks': {
    category: 'Account Defaults',
    default: 20,
    min: -1,
    max: 1000000000,
    description:
      'Most networks that an account may have where none was set for it; -1 for no limit',
  },
  'max.domain.networks': {
    category: 'Domain Defaults',
    default: 40,
    min: -1,
    max: 1000000000,
    description:
      'Most networks that a domain with those below it may have where none was set for it; -1 for no limit',
  },
  'max.account.cpus': {
    category: 'Account Defaults',
    default: 40,
    min: -1,
    max: 1000000000,
    description:
      'Most cores of instances that an account may have where none was set for it; -1 for no limit',
  },
  'max.domain.cpus': {
    category: 'Domain Defaults',
    default: 80,
    min: -1,
    max: 1000000000,
    description:
      'Most cores of instances that a domain with those below it may have where none was set for it; -1 for no limit',
  },
  'max.account.memory': {
    category: 'Account Defaults',
    default: 40960,
    min: -1,
    max: 1000000000,
    description:
      'Most MiB of memory of instances that an account may have where none was set for it; -1 for no limit',
  },
  'max.domain.memory': {
    category: 'Domain Defaults',
    default: 81920,
    min: -1,
    max: 1000000000,
    description:
      'Most MiB of memory of instances that a domain with those below it may have where none was set for it; -1 for no limit',
  },
  'allow.user.create.projects': {
    category: 'Advanced',
    type: 'Boolean',
    default: 1,
    min: 0,
    max: 1,
    description: 'Whether users may create projects',
  },
  'max.account.projects': {
    category: 'Account Defaults',
    default: 10,
    min: -1,
    max: 1000000000,
    description:
      'Most projects that an account may have where none was set for it; -1 for no limit',
  },
  'max.domain.projects': {
    category: 'Domain Defaults',
    default: 50,
    min: -1,
    max: 1000000000,
    description:
      'Most projects that a domain with those below it may have where none was set for it; -1 for no limit',
  },
  'max.project.user.vms': {
    category: 'Project Defaults',
    default: 20,
    min: -1,
    max: 1000000000,
    description:
      'Most instances that a project may have where none was set for it; -1 for no limit',
  },
  'max.project.public.ips': {
    category: 'Project Defaults',
    default: 20,
    min: -1,
    max: 1000000000,
    description:
      'Most public addresses that a project may have where none was set for it; -1 for no limit',
  },
  'max.project.templates': {
    category: 'Project Defaults',
    default: 20,
    min: -1,
    max: 1000000000,
    description:
      'Most templates that a project may have where none was set for it; -1 for no limit',
  },
  'max.project.networks': {
    category: 'Project Defaults',
    default: 20,
    min: -1,
    max: 1000000000,
    description: 'Most networks that a project may have where none was set for it; -1 for no limit',
  },
  'max.project.cpus': {
    category: 'Project Defaults',
    default: 40,
    min: -1,
    max: 1000000000,
    description:
      'Most cores of instances that a project may have where none was set for it; -1 for no limit',
  },
  'max.project.memory': {
    category: 'Project Defaults',
    default: 40960,
    min: -1,
    max: 1000000000,
    description:
      'Most MiB of memory of instances that a project may have where none was set for it; -1 for no limit',
  },
} as const satisfies Record<string, SettingDefinition>;
