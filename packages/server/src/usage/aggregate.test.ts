import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { settingsChanged } from '../features/setting/value.ts';
import { type TestDatabase, testDatabase } from '../store/test-database.ts';
import { makeRecords } from './aggregate.ts';

const hour = 3_600_000;
const account = '11111111-1111-4111-8111-111111111111';
const origin = Date.parse('2026-11-01T00:00:00Z');
let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());
beforeEach(() => clear());

async function clear(covered = origin): Promise<void> {
  const { db } = database;
  for (const table of ['usage_records', 'usage_periods', 'usage_traffic'] as const)
    await db.deleteFrom(table).execute();
  await db
    .updateTable('usage_state')
    .set({ covered: new Date(covered) })
    .execute();
}

async function configure(minutes: number, zone: string): Promise<void> {
  const values = [
    { name: 'usage.stats.job.aggregation.range', value: String(minutes) },
    { name: 'usage.aggregation.timezone', value: zone },
  ];
  for (const { name, value } of values)
    await database.db
      .insertInto('settings')
      .values({ name, value })
      .onConflict(conflict => conflict.column('name').doUpdateSet({ value }))
      .execute();
  settingsChanged();
}

interface Period {
  readonly resource: number;
  readonly from: number;
  /** `null` while it lasts. */
  readonly to: number | null;
}

const idOf = (resource: number) => `22222222-2222-4222-8222-${String(resource).padStart(12, '0')}`;

async function insert(periods: readonly Period[]): Promise<void> {
  if (periods.length === 0) return;
  await database.db
    .insertInto('usage_periods')
    .values(
      periods.map(({ resource, from, to }) => ({
        type: 1,
        account_id: account,
        account_name: 'anna',
        domain_id: account,
        zone_id: null,
        resource_id: idOf(resource),
        name: `vm${resource}`,
        started: new Date(origin + from * 60_000),
        ended: to === null ? null : new Date(origin + to * 60_000),
      })),
    )
    .execute();
}

const records = () =>
  database.db.selectFrom('usage_records').selectAll().orderBy('started').execute();

/** Times of resources that begin and end one after another; the last may go on. In minutes. */
const periodsOf = (resource: number) =>
  fc
    .tuple(fc.uniqueArray(fc.integer({ min: 0, max: 6000 }), { maxLength: 8 }), fc.boolean())
    .map(([times, open]) => {
      const sorted = times.toSorted((a, b) => a - b);
      const periods: Period[] = [];
      for (let at = 0; at < sorted.length; at += 2) {
        const [from, to] = [sorted[at], sorted[at + 1]];
        if (from === undefined) continue;
        if (to !== undefined) periods.push({ resource, from, to });
        else if (open) periods.push({ resource, from, to: null });
      }
      return periods;
    });

test('records add up to what was used, in every range, however they are made', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        periods: fc.tuple(periodsOf(1), periodsOf(2), periodsOf(3)).map(lists => lists.flat()),
        range: fc.constantFrom(60, 97, 1440),
        zone: fc.constantFrom('GMT', 'Europe/Berlin', 'Asia/Kolkata'),
        // When records are asked for, in minutes; whether up to then.
        asks: fc.array(fc.tuple(fc.integer({ min: 0, max: 7000 }), fc.boolean()), {
          maxLength: 6,
        }),
      }),
      async ({ periods, range, zone, asks }) => {
        await clear();
        await configure(range, zone);
        await insert(periods);
        for (const [minute, partial] of asks.toSorted(([a], [b]) => a - b))
          await makeRecords(database.db, { now: new Date(origin + minute * 60_000), partial });
        const end = new Date(origin + 7000 * 60_000);
        await makeRecords(database.db, { now: end, partial: true });
        const made = await records();
        for (const record of made) {
          const [from, to] = [record.started, record.ended].map(
            time => (time.getTime() - origin) / 60_000,
          );
          const minutes = periods
            .filter(period => idOf(period.resource) === record.resource_id)
            .map(period =>
              Math.max(
                0,
                Math.min(period.to ?? Infinity, to ?? 0) - Math.max(period.from, from ?? 0),
              ),
            );
          expect(record.amount).toBeCloseTo(minutes.reduce((sum, one) => sum + one, 0) / 60, 6);
        }
        const used = periods.map(period => (period.to ?? 7000) - period.from);
        expect(made.reduce((sum, record) => sum + record.amount, 0)).toBeCloseTo(
          used.reduce((sum, one) => sum + one, 0) / 60,
          5,
        );
        // One record for each range and resource.
        const keys = made.map(record => `${record.resource_id} ${record.started.toISOString()}`);
        expect(new Set(keys).size).toBe(keys.length);
      },
    ),
    { numRuns: 60 },
  );
});

test('days are those of the time zone, also when clocks change', async () => {
  const before = Date.parse('2026-10-24T22:00:00Z');
  await clear(before);
  await configure(1440, 'Europe/Berlin');
  await insert([{ resource: 1, from: (before - origin) / 60_000, to: null }]);
  await makeRecords(database.db, { now: new Date(before + 72 * hour), partial: false });
  const made = await records();
  expect(made.map(record => [record.started.toISOString(), record.amount])).toEqual([
    ['2026-10-24T22:00:00.000Z', 25],
    ['2026-10-25T23:00:00.000Z', 24],
  ]);
});

test('records that are made at the same time are made once', async () => {
  await configure(60, 'GMT');
  await insert([{ resource: 1, from: 0, to: null }]);
  const now = new Date(origin + 10 * hour);
  await Promise.all(
    Array.from({ length: 5 }, () => makeRecords(database.db, { now, partial: true })),
  );
  expect((await records()).map(record => record.amount)).toEqual(
    Array.from({ length: 10 }, () => 1),
  );
});
