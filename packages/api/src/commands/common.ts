import { param } from '../param.ts';

/** Every list command that pages. */
export const pageParams = {
  keyword: param.text('Show only objects whose name contains this'),
  page: param.whole('Number of the page, from 1', { min: 1 }),
  pagesize: param.whole(
    'Objects on a page; nothing for the most that a page holds, and -1 too, but for root administrators, who get the whole list',
    {
      min: -1,
      max: 500,
    },
  ),
} as const;

/** Who shall own what is made; both or none. */
export const accountOwnerParams = {
  account: param.text('Account that shall own it; needs domainid'),
  domainid: param.id('Domain of that account'),
} as const;

/** Who shall own what is made: an account or a project. */
export const ownerParams = {
  ...accountOwnerParams,
  projectid: param.id('Project that shall own it, instead of account'),
} as const;

/** Whose objects a list shows. */
export const accountScopeParams = {
  account: param.text('Show only objects of this account; needs domainid'),
  domainid: param.id('Show only objects of this domain'),
  isrecursive: param.flag('With domainid or listall: include the domains below'),
  listall: param.flag('Show everything the caller may see, not only what the caller owns'),
} as const;

/** As `accountScopeParams`, of what projects can own. */
export const scopeParams = {
  ...accountScopeParams,
  projectid: param.id('Show only objects of this project; -1: of all projects of the caller', {
    min: -1,
  }),
} as const;

export const tagParams = {
  tags: param.map('Show only objects that carry all of these tags: tags[0].key, tags[0].value'),
} as const;

export const displayParams = {
  fordisplay: param.flag('Show only objects that are (or are not) shown to their owner'),
} as const;

/** CloudStack's parameters for things Isola has not. */
export const refusedScope = ['vpcid'] as const;

/** Roles of what CloudStack lets every kind of account do. */
export const everyRole = ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'] as const;
