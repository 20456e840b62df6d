import type { RawBuilder } from 'kysely';
import type { Db } from '../store/database.ts';
import { type AlertName, alertTypes } from './alert-types.ts';

interface NewAlert {
  readonly name: AlertName;
  readonly description: string;
  readonly subjectId?: string;
  readonly zoneId?: string;
}

/** Raises an alert unless the same one (name, subject, description) is open already. */
export async function raiseAlert(db: Db, alert: NewAlert): Promise<void> {
  const open = await db
    .selectFrom('alerts')
    .select('id')
    .where('name', '=', alert.name)
    .where('subject_id', 'is not distinct from', alert.subjectId ?? null)
    .where('description', '=', alert.description)
    .where('resolved', 'is', null)
    .executeTakeFirst();
  if (open !== undefined) return;
  await db
    .insertInto('alerts')
    .values({
      type: alertTypes[alert.name],
      name: alert.name,
      description: alert.description,
      subject_id: alert.subjectId ?? null,
      zone_id: alert.zoneId ?? null,
    })
    .execute();
}

/** Closes the open alerts of a subject. */
export async function resolveAlerts(db: Db, name: AlertName, subjectId: string): Promise<void> {
  await db
    .updateTable('alerts')
    .set({ resolved: new Date() })
    .where('name', '=', name)
    .where('subject_id', '=', subjectId)
    .where('resolved', 'is', null)
    .execute();
}

interface OldAlerts {
  readonly name: AlertName;
  readonly subjectIds: readonly string[];
  readonly sentBefore: Date;
  /** Of an alert: it stays open. */
  readonly unless: RawBuilder<boolean>;
}

/** Closes the open alerts of many subjects that were sent before a time. */
export async function resolveOldAlerts(
  db: Db,
  { name, subjectIds, sentBefore, unless }: OldAlerts,
): Promise<void> {
  if (subjectIds.length === 0) return;
  await db
    .updateTable('alerts')
    .set({ resolved: new Date() })
    .where('name', '=', name)
    .where('subject_id', 'in', [...subjectIds])
    .where('resolved', 'is', null)
    .where('sent', '<', sentBefore)
    .where(eb => eb.not(unless))
    .execute();
}
