import type { Call } from '../../http/call.ts';
import { settingAt } from '../setting/value.ts';

/** Whether the caller may expunge instances at once: administrators, and with the setting `allow.user.expunge.recover.vm` everybody. */
export async function mayExpunge(call: Call): Promise<boolean> {
  if (call.caller.account.role !== 'User') return true;
  const account = { scope: 'account', id: call.caller.account.id } as const;
  return (await settingAt(call.tx, 'allow.user.expunge.recover.vm', account)) === 1;
}
