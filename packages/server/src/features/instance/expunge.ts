import { IsolaError } from '@isola/model';
import type { Call } from '../../http/call.ts';
import { settingAt } from '../setting/value.ts';

/** Whether the caller may expunge and recover instances: administrators, and with the setting `allow.user.expunge.recover.vm` everybody. */
export async function mayExpunge(call: Call): Promise<boolean> {
  if (call.caller.account.role !== 'User') return true;
  const account = { scope: 'account', id: call.caller.account.id } as const;
  return (await settingAt(call.tx, 'allow.user.expunge.recover.vm', account)) === 1;
}

/** Refuses (531) a caller who may not. */
export async function requireExpunger(call: Call): Promise<void> {
  if (await mayExpunge(call)) return;
  throw new IsolaError('not_permitted', {
    reason:
      'expunging and recovering are for administrators, unless allow.user.expunge.recover.vm is set',
  });
}
