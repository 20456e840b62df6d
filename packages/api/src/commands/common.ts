import { param } from '../param.ts';

/** Every list command that pages. */
export const pageParams = {
  keyword: param.text('Show only objects whose name contains this'),
  page: param.whole('Number of the page, from 1', { min: 1 }),
  pagesize: param.whole('Objects on a page; -1 or nothing for the most that one answer holds', {
    min: -1,
    max: 500,
  }),
} as const;

/** Who shall own what is made; both or none. */
export const ownerParams = {
  account: param.text('Account that shall own it; needs domainid'),
  domainid: param.id('Domain of that account'),
} as const;

/** Whose objects a list shows. */
export const scopeParams = {
  account: param.text('Show only objects of this account; needs domainid'),
  domainid: param.id('Show only objects of this domain'),
  isrecursive: param.flag('With domainid or listall: include the domains below'),
  listall: param.flag('Show everything the caller may see, not only what the caller owns'),
} as const;

export const tagParams = {
  tags: param.map('Show only objects that carry all of these tags: tags[0].key, tags[0].value'),
} as const;

export const displayParams = {
  fordisplay: param.flag('Show only objects that are (or are not) shown to their owner'),
} as const;

/** CloudStack's parameters for things Isola has not. */
export const refusedOwner = ['projectid'] as const;
export const refusedScope = ['projectid', 'vpcid'] as const;
export const refusedProject = ['projectid'] as const;

/** Roles of what CloudStack lets every kind of account do. */
export const everyRole = ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'] as const;
