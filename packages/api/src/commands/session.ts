import { defineCommand } from '../define.ts';
import { loginSessionEntity } from '../entities/login-session.ts';
import { logoutResultEntity } from '../entities/logout-result.ts';
import { param, required } from '../param.ts';

export const login = defineCommand({
  name: 'login',
  description: 'Opens a session; the answer sets its cookies',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    domain: param.text('Path of the domain, for example /sales; the root domain when not given'),
    domainId: param.id('Id of the domain, instead of its path'),
    password: param.text('Password of the user', required),
    username: param.text('Name of the user', required),
  },
  response: loginSessionEntity,
  shape: 'bare',
  event: 'USER.LOGIN',
});

export const logout = defineCommand({
  name: 'logout',
  description: 'Ends the session',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {},
  response: logoutResultEntity,
  shape: 'bare',
  event: 'USER.LOGOUT',
});
