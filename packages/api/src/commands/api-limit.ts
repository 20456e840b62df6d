import { defineCommand } from '../define.ts';
import { apiLimitEntity } from '../entities/api-limit.ts';
import { successEntity } from '../entities/success.ts';
import { param } from '../param.ts';
import { everyRole } from './common.ts';

export const getApiLimit = defineCommand({
  name: 'getApiLimit',
  description: 'Tells how many calls the account of the caller made, and can still make',
  async: false,
  roles: everyRole,
  params: {},
  response: apiLimitEntity,
  shape: 'one',
});

export const resetApiLimit = defineCommand({
  name: 'resetApiLimit',
  description: 'Forgets how many calls an account made',
  async: false,
  roles: ['Root Admin'],
  params: { account: param.id('Id of the account; all accounts when not given') },
  response: successEntity,
  shape: 'success',
  event: 'API.LIMIT.RESET',
});
