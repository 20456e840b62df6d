import { IsolaError } from '@isola/model';
import type { Call } from '../../http/call.ts';
import type { WebhookRow } from '../../store/schema.ts';

type Wanted = Pick<WebhookRow, 'payload_url' | 'ssl_verification' | 'scope'>;

/** Refuses URLs that cannot be sent to (431) and scopes that reach further than the caller does (531). */
export function requireAllowed({ caller }: Call, wanted: Wanted): void {
  requireReceiver(wanted);
  const { name, role } = caller.account;
  const allowed =
    wanted.scope === 'Local' ||
    role === 'Root Admin' ||
    (wanted.scope === 'Domain' && role === 'Domain Admin');
  if (!allowed)
    throw new IsolaError('not_permitted', {
      reason: `Account ${name} may not have webhooks of scope ${wanted.scope}`,
    });
}

/** As `requireAllowed`, of the receiver only. */
export function requireReceiver({
  payload_url: text,
  ssl_verification: checked,
}: Pick<Wanted, 'payload_url' | 'ssl_verification'>): void {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw refused(`payloadurl must be an http or https URL, not ${text.slice(0, 100)}`);
  if (url.username !== '' || url.password !== '')
    throw refused('payloadurl must not have a user and password');
  if (checked && url.protocol !== 'https:')
    throw refused('SSL verification can be specified only for HTTPS URLs');
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
