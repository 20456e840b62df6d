import { IsolaError } from '@isola/model';
import { raiseAlert, resolveAlerts } from '../events/alert.ts';
import type { Db } from '../store/database.ts';

interface Named {
  readonly id: string;
  readonly name: string;
}

interface Subject {
  readonly template: Named;
  readonly store: Named;
  readonly zoneId: string;
}

/** The error of a template that cannot be had from its store. */
export function unavailable(
  { template, store }: Pick<Subject, 'template' | 'store'>,
  cause: unknown,
): IsolaError {
  const reason = reasonOf(cause);
  return new IsolaError(
    'template_unavailable',
    { template: template.name, store: store.name, reason },
    cause,
  );
}

/** Why, without what every such error says before. */
export function reasonOf(error: unknown): string {
  if (error instanceof IsolaError && typeof error.details['reason'] === 'string')
    return error.details['reason'];
  return error instanceof Error ? error.message : String(error);
}

/** Records that the store's copy of a template is not what it should be, and tells the operator. */
export async function recordFailedCopy(db: Db, subject: Subject, error: IsolaError): Promise<void> {
  await db
    .updateTable('template_stores')
    .set({ state: 'Failed', error: reasonOf(error), updated: new Date() })
    .where('template_id', '=', subject.template.id)
    .where('store_id', '=', subject.store.id)
    .where('state', 'in', ['Ready', 'Failed'])
    .execute();
  await raiseAlert(db, {
    name: 'ALERT.STORAGE.SECONDARY',
    description: error.message,
    subjectId: subject.template.id,
    zoneId: subject.zoneId,
  });
}

/** Records that it is as it should be again. */
export async function recordGoodCopy(db: Db, subject: Subject): Promise<void> {
  await db
    .updateTable('template_stores')
    .set({ state: 'Ready', error: null, updated: new Date() })
    .where('template_id', '=', subject.template.id)
    .where('store_id', '=', subject.store.id)
    .where('state', '=', 'Failed')
    .execute();
  await resolveAlerts(db, 'ALERT.STORAGE.SECONDARY', subject.template.id);
}
