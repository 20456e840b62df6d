import { defineCommand } from '../define.ts';
import { loginSessionEntity } from '../entities/login-session.ts';
import { logoutResultEntity } from '../entities/logout-result.ts';

export const login = defineCommand({
  name: 'login',
  description: '',
  async: false,
  roles: ['Root Admin', 'Domain Admin', 'User'],
  params: {
    domain: { type: 'string', description: '' },
    domainId: { type: 'long', description: '' },
    password: { type: 'string', description: '', required: true },
    username: { type: 'string', description: '', required: true },
  },
  response: loginSessionEntity,
  shape: 'bare',
});

export const logout = defineCommand({
  name: 'logout',
  description: '',
  async: false,
  roles: ['Root Admin', 'Domain Admin', 'User'],
  params: {},
  response: logoutResultEntity,
  shape: 'bare',
});
