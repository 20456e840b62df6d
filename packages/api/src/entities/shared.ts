import { field } from '../field.ts';

/** Whose object it is. */
export const ownerFields = {
  account: field.text('Account that owns it'),
  domain: field.text('Name of the domain that owns it'),
  domainid: field.text('Id of the domain that owns it'),
  domainpath: field.text('Path of the domain that owns it'),
} as const;

export const zoneFields = {
  zoneid: field.text('Id of its zone'),
  zonename: field.text('Name of its zone'),
} as const;

export const podFields = {
  podid: field.text('Id of its pod'),
  podname: field.text('Name of its pod'),
} as const;

/** Instead of the account, on what a project owns. */
export const projectFields = {
  project: field.text('Name of the project that owns it'),
  projectid: field.text('Id of the project that owns it'),
} as const;

export const createdFields = {
  created: field.date('When it was made'),
} as const;

export const tagFields = {
  ...ownerFields,
  customer: field.text('Free text about who the tag is for'),
  key: field.text('Key'),
  ...projectFields,
  resourceid: field.text('Id of the object that carries it'),
  resourcetype: field.text('Kind of that object'),
  value: field.text('Value'),
} as const;

export const taggedFields = {
  tags: field.objects('Tags it carries', tagFields),
} as const;

/** What accounts, domains and projects use and may use. */
export const heldFields = {
  cpuavailable: field.text('Cores it can still use, or Unlimited'),
  cpulimit: field.text('Cores it may use, or Unlimited'),
  cputotal: field.whole('Cores it uses'),
  ipavailable: field.text('Public addresses it can still take, or Unlimited'),
  iplimit: field.text('Public addresses it may have, or Unlimited'),
  iptotal: field.whole('Public addresses it has'),
  memoryavailable: field.text('Memory it can still use in MiB, or Unlimited'),
  memorylimit: field.text('Memory it may use in MiB, or Unlimited'),
  memorytotal: field.whole('Memory it uses in MiB'),
  networkavailable: field.text('Networks it can still make, or Unlimited'),
  networklimit: field.text('Networks it may have, or Unlimited'),
  networktotal: field.whole('Networks it has'),
  templateavailable: field.text('Templates it can still make, or Unlimited'),
  templatelimit: field.text('Templates it may have, or Unlimited'),
  templatetotal: field.whole('Templates it has'),
  vmavailable: field.text('Instances it can still make, or Unlimited'),
  vmlimit: field.text('Instances it may have, or Unlimited'),
  vmtotal: field.whole('Instances it has'),
} as const;

/** What accounts and domains use and may use. */
export const resourceFields = {
  ...heldFields,
  projectavailable: field.text('Projects it can still own, or Unlimited'),
  projectlimit: field.text('Projects it may own, or Unlimited'),
  projecttotal: field.whole('Projects it owns'),
} as const;
