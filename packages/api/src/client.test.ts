import { createHmac } from 'node:crypto';
import { IsolaError } from '@isola/model';
import { expect, test } from 'vitest';
import { createClient } from './client.ts';
import { ApiError, type FetchLike } from './client-fetch.ts';
import { commands } from './commands/index.ts';
import { type Answer, acceptedAnswer, jobResultTree, resultAnswer } from './wire/answer.ts';
import { encodeJson } from './wire/encode-json.ts';
import { errorAnswer, jobErrorTree } from './wire/error-body.ts';
import { canonicalString } from './wire/signature.ts';

const hmac = (key: string, text: string): string =>
  createHmac('sha1', key).update(text).digest('base64');

/** A client whose calls are answered by `answer`; requests with a wrong signature are an error of the test. */
function clientOf(answer: (form: URLSearchParams) => Answer, status = 200) {
  const pauses: number[] = [];
  const fetch: FetchLike = async (_, { body }) => {
    const form = new URLSearchParams(body);
    expect(form.get('signature')).toBe(hmac('secret', canonicalString(form)));
    return { ok: status === 200, status, text: async () => encodeJson(answer(form)) };
  };
  const client = createClient({
    url: 'http://127.0.0.1:8080/client/api',
    apiKey: 'key',
    secretKey: 'secret',
    fetch,
    hmac,
    sleep: async milliseconds => {
      pauses.push(milliseconds);
    },
  });
  return { client, pauses };
}

test('a list comes back as the handler gave it', async () => {
  const result = { count: 1, items: [{ id: 'n', created: new Date('2026-11-22T04:21:13Z') }] };
  const { client } = clientOf(form => {
    expect(form.get('networkids') ?? form.get('tags[0].key')).toBe('role');
    return resultAnswer(commands.listNetworks, result);
  });
  const networks = await client.call('listNetworks', { tags: [{ key: 'role' }], listall: true });
  expect(networks).toEqual(result);
  expect(networks.items[0]?.created).toBeInstanceOf(Date);
});

test('an empty list, one object and success', async () => {
  const list = clientOf(() => resultAnswer(commands.listZones, { count: 0, items: [] }));
  expect(await list.client.call('listZones', {})).toEqual({ count: 0, items: [] });
  const one = clientOf(() =>
    resultAnswer(commands.createSSHKeyPair, { name: 'k', privatekey: 'p' }),
  );
  expect((await one.client.call('createSSHKeyPair', { name: 'k' })).privatekey).toBe('p');
  const success = clientOf(() => resultAnswer(commands.deleteSSHKeyPair, { success: true }));
  expect(await success.client.callAndWait('deleteSSHKeyPair', { name: 'k' })).toEqual({
    success: true,
  });
});

test('a refused call', async () => {
  const error = new IsolaError('account_limit', { reason: 'no more networks' });
  const { client } = clientOf(() => errorAnswer('listZones', error), error.status);
  await expect(client.call('listZones', {})).rejects.toMatchObject({
    message: 'no more networks',
    errorcode: 436,
    cserrorcode: 4280,
  });
});

test('a job is waited for, with growing pauses', async () => {
  let polls = 0;
  const { client, pauses } = clientOf(form => {
    if (form.get('command') === 'deleteNetwork') {
      return acceptedAnswer(commands.deleteNetwork, { jobid: 'j' });
    }
    expect(form.get('jobid')).toBe('j');
    polls += 1;
    const done = polls > 20;
    return resultAnswer(commands.queryAsyncJobResult, {
      jobid: 'j',
      jobstatus: done ? 1 : 0,
      ...(done ? { jobresult: jobResultTree(commands.deleteNetwork, { success: true }) } : {}),
    });
  });
  expect(await client.callAndWait('deleteNetwork', { id: 'n' })).toEqual({ success: true });
  expect(pauses).toHaveLength(20);
  expect(pauses[0]).toBe(10);
  expect(Math.max(...pauses)).toBe(500);
});

test('a failed job', async () => {
  const error = new IsolaError('insufficient_vlan', { physicalNetwork: 'p' });
  const { client } = clientOf(form =>
    form.get('command') === 'deployVirtualMachine'
      ? acceptedAnswer(commands.deployVirtualMachine, { jobid: 'j', id: 'i' })
      : resultAnswer(commands.queryAsyncJobResult, {
          jobstatus: 2,
          jobresult: jobErrorTree(error),
        }),
  );
  const call = client.callAndWait('deployVirtualMachine', { serviceofferingid: '1', zoneid: '1' });
  await expect(call).rejects.toBeInstanceOf(ApiError);
  await expect(call).rejects.toMatchObject({ errorcode: 533, message: error.message });
});
