import type { AgentEvent } from '@isola/agent-protocol';
import { describe, expect, it } from 'vitest';
import { simulatedHost } from '../simulator/host.ts';
import { bothFleets, localFleet } from './local-fleet.ts';

describe('a fleet', () => {
  it('reaches its hosts, and says of others that they are not connected', async () => {
    const one = simulatedHost({ name: 'one' });
    const two = simulatedHost({ name: 'two' });
    const fleet = bothFleets(localFleet('1', one), localFleet('2', two));
    expect(fleet.connected()).toEqual(['1', '2']);
    expect((await fleet.of('1').facts()).name).toBe('one');
    expect((await fleet.of('2').facts()).name).toBe('two');
    await expect(fleet.of('3').stopGuest('g', true)).rejects.toMatchObject({
      code: 'resource_unavailable',
      message: 'Resource Unavailable: host 3 is not connected',
    });
  });

  it('tells which host an event comes from', () => {
    const one = simulatedHost();
    const two = simulatedHost();
    const fleet = bothFleets(localFleet('1', one), localFleet('2', two));
    const heard: [string, AgentEvent][] = [];
    fleet.onEvent((host, event) => heard.push([host, event]));
    const event: AgentEvent = { kind: 'instance-stopped', id: 'x' };
    two.emit(event);
    one.emit(event);
    expect(heard).toEqual([
      ['2', event],
      ['1', event],
    ]);
  });
});
