import { afterAll, beforeAll, expect, test } from 'vitest';
import { limitsOf } from '../network/router-spec.ts';
import { type TestZone, testZone } from '../test-zone.ts';

let zone: TestZone;
let hostId: string;
let hostMHz: number;

beforeAll(async () => {
  zone = await testZone();
  const host = await zone.db
    .selectFrom('hosts')
    .select(['id', 'cpu_mhz'])
    .executeTakeFirstOrThrow();
  hostId = host.id;
  hostMHz = host.cpu_mhz;
});

afterAll(async () => {
  await zone.close();
});

test('an instance has its cores whole, or only its megahertz of them where its offering limits it', async () => {
  const size = { memory_mib: 512, cpu_number: 2, cpu_speed: hostMHz / 4 };
  expect(await limitsOf(zone.db, { ...size, limit_cpu_use: false }, hostId)).toEqual({
    memoryMiB: 512,
    cpuPercent: 200,
  });
  expect(await limitsOf(zone.db, { ...size, limit_cpu_use: true }, hostId)).toEqual({
    memoryMiB: 512,
    cpuPercent: 50,
  });
});
