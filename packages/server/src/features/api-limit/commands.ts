import { IsolaError } from '@isola/model';
import type { Handlers } from '../../http/call.ts';
import { apiLimit } from '../../http/throttle.ts';
import { administeredAccount } from '../account/guard.ts';
import { setting } from '../setting/value.ts';

export const apiLimitCommands = {
  getApiLimit: {
    kind: 'sync',
    async run(call) {
      const { id, name } = call.caller.account;
      const limit = await apiLimit(call.tx);
      const { count, expires } = call.apiLimits.issued(id, limit);
      return {
        accountid: id,
        account: name,
        apiIssued: count,
        apiAllowed: Math.max(0, limit.max - count),
        expireAfter: Math.ceil(expires),
      };
    },
  },

  resetApiLimit: {
    kind: 'sync',
    async run(call, params) {
      if ((await setting(call.tx, 'api.throttling.enabled')) === 0)
        throw new IsolaError('refused_value', { reason: 'api.throttling.enabled is false' });
      const id =
        params.account === undefined
          ? undefined
          : (await administeredAccount(call, params.account)).id;
      call.apiLimits.reset(id);
      return { success: true };
    },
  },
} satisfies Partial<Handlers>;
