import { decodeJoinToken, encodeJoinToken, joinServer } from '@isola/agent-protocol';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulatedHost } from '../simulator/host.ts';
import { type FleetLab, fleetLab, until } from './test-agents.ts';

let lab: FleetLab;
beforeAll(async () => {
  lab = await fleetLab();
});
afterAll(() => lab.close());

const factsOf = (name: string, facts = {}) => simulatedHost({ name, ...facts }).facts();

describe('joining', () => {
  it('takes a token once', async () => {
    const token = await lab.token();
    await joinServer(lab.url, token, await factsOf('once'));
    await expect(joinServer(lab.url, token, await factsOf('twice'))).rejects.toThrow(
      'This join token was used already',
    );
    // Of two at once one is let in.
    const shared = await lab.token();
    const both = await Promise.allSettled(
      ['racer1', 'racer2'].map(async name => joinServer(lab.url, shared, await factsOf(name))),
    );
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  it('refuses a token that is too old, unknown or guessed', async () => {
    const token = await lab.token();
    const { id, ...rest } = decodeJoinToken(token);
    const join = async (text: string) => joinServer(lab.url, text, await factsOf('guesser'));
    await lab.db
      .updateTable('join_tokens')
      .set({ expires: new Date(Date.now() - 1000) })
      .where('id', '=', id)
      .execute();
    await expect(join(token)).rejects.toThrow('This join token expired at');
    const guessed = encodeJoinToken({ id, ...rest, secret: '0'.repeat(64) });
    await expect(join(guessed)).rejects.toThrow('does not know this join token');
    const unknown = encodeJoinToken({ ...rest, id: '00000000-0000-4000-8000-000000000000' });
    await expect(join(unknown)).rejects.toThrow('does not know this join token');
    await expect(join('nonsense')).rejects.toThrow('not a join token');
  });

  it('says nothing to a server that is not the token’s', async () => {
    const token = decodeJoinToken(await lab.token());
    const elsewhere = encodeJoinToken({ ...token, authority: 'a'.repeat(64) });
    const requests = await countOf('join_tokens');
    await expect(joinServer(lab.url, elsewhere, await factsOf('careful'))).rejects.toThrow(
      'it is not the server that the join token is of',
    );
    expect(await countOf('join_tokens')).toBe(requests);
    const { used } = await lab.db
      .selectFrom('join_tokens')
      .select('used')
      .where('id', '=', token.id)
      .executeTakeFirstOrThrow();
    expect(used).toBeNull();
  });

  it('keeps to the token’s cluster', async () => {
    const facts = await factsOf('other-kind', { hypervisor: 'KVM' });
    await expect(joinServer(lab.url, await lab.token(), facts)).rejects.toThrow(
      'is for cluster cluster1 of LXC hosts, and this one is KVM',
    );
  });

  it('refuses a name that a connected host has, with an alert', async () => {
    const first = simulatedHost({ name: 'Same' });
    const { hostId, identity } = await lab.join(first);
    lab.dial(first, identity);
    await lab.until(hostId, 'Up');
    await expect(joinServer(lab.url, await lab.token(), await factsOf('same'))).rejects.toThrow(
      'wants to join as same, and a host of that name is connected',
    );
    // The machine of the server itself, too.
    await expect(joinServer(lab.url, await lab.token(), await factsOf('memory1'))).rejects.toThrow(
      'a host of that name is connected',
    );
    const alerts = await lab.db.selectFrom('alerts').select('description').execute();
    expect(
      alerts.filter(alert => alert.description.includes('wants to join as same')),
    ).toHaveLength(1);
    const { state } = await lab.db
      .selectFrom('hosts')
      .select('state')
      .where('id', '=', hostId)
      .executeTakeFirstOrThrow();
    expect(state).toBe('Up');
  });

  it('refuses an address that another host has', async () => {
    const underlay = { address: '192.0.2.9', mtu: 1500 };
    await lab.join(simulatedHost({ name: 'owner', underlay }));
    await expect(
      joinServer(lab.url, await lab.token(), await factsOf('thief', { underlay })),
    ).rejects.toThrow('Host owner has the address 192.0.2.9 already');
  });

  it('gives a host that joins again its row, and its first certificate ends', async () => {
    const agent = simulatedHost({ name: 'again' });
    const first = await lab.join(agent);
    const second = await lab.join(agent);
    expect(second.hostId).toBe(first.hostId);
    const link = lab.dial(agent, first.identity);
    lab.dial(agent, second.identity);
    await lab.until(second.hostId, 'Up');
    expect(link.connected).toBe(false);
  });
});

describe('a certificate', () => {
  it('that two machines have raises an alert', async () => {
    const agent = simulatedHost({ name: 'cloned' });
    const { hostId, identity } = await lab.join(agent);
    const links = [lab.dial(agent, identity), lab.dial(agent, identity)];
    await until('the alert', async () => {
      const alerts = await lab.db
        .selectFrom('alerts')
        .select('description')
        .where('subject_id', '=', hostId)
        .execute();
      return alerts.some(({ description }) =>
        description.includes('the certificate of host cloned'),
      );
    });
    for (const link of links) link.close();
  });

  it('is renewed over the connection, and the one before it ends', async () => {
    const agent = simulatedHost({ name: 'renewing' });
    const { hostId } = await lab.join(agent);
    // Its half-life is over: certificates are dated back by a day.
    const { identity, issued } = await lab.certify(hostId, 0.5);
    const changes: unknown[] = [];
    lab.dial(agent, identity);
    await lab.until(hostId, 'Up');
    lab.listener.fleet.onConnection(change => changes.push(change));
    await until('the new certificate', async () => {
      const host = await lab.db
        .selectFrom('hosts')
        .select('certificate')
        .where('id', '=', hostId)
        .executeTakeFirstOrThrow();
      return host.certificate !== null && host.certificate !== issued.fingerprint;
    });
    await until('the end of the old one', async () => {
      const { revoked } = await lab.db
        .selectFrom('host_certificates')
        .select('revoked')
        .where('fingerprint', '=', issued.fingerprint)
        .executeTakeFirstOrThrow();
      return revoked !== null;
    });
    // Past the next look for revoked certificates.
    const looked = Date.now() + 1500;
    await until('a look', async () => Date.now() > looked);
    expect((await lab.listener.fleet.of(hostId).facts()).name).toBe('renewing');
    expect(changes).toEqual([]);
  });

  it('that is revoked ends the connection, and the next is refused', async () => {
    const agent = simulatedHost({ name: 'revoked' });
    const { hostId, identity } = await lab.join(agent);
    const link = lab.dial(agent, identity);
    await lab.until(hostId, 'Up');
    const started = performance.now();
    await lab.db
      .updateTable('host_certificates')
      .set({ revoked: sql`now()` })
      .where('host_id', '=', hostId)
      .execute();
    await lab.until(hostId, 'Disconnected');
    expect(performance.now() - started).toBeLessThan(3000);
    await until('the agent', async () => !link.connected);
    await expect(lab.listener.fleet.of(hostId).facts()).rejects.toThrow('certificate was revoked');
    const later = Date.now() + 1500;
    await until('further tries', async () => Date.now() > later);
    expect(link.connected).toBe(false);
  });
});

async function countOf(table: 'join_tokens'): Promise<number> {
  const { count } = await lab.db
    .selectFrom(table)
    .select(eb => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}
