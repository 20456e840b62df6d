import { mockNames } from './commands.ts';
import { type MockValue, parseMockValue } from './mock-value.ts';
import type { SimulatedCommand } from './simulated-host.ts';

/** Where a simulated host is: internal ids. */
export interface HostScope {
  readonly zoneId: string;
  readonly podId: string;
  readonly clusterId: string;
  readonly hostId: string;
}

/** How some commands of some simulated hosts go wrong, or slowly. */
export interface Mock {
  readonly id: string;
  /** Name of a command, as `mockNames` has it. */
  readonly name: string;
  /** Hosts it is about: those of all that is given. */
  readonly scope: Partial<HostScope>;
  readonly value: MockValue;
  /** How many commands it is still about; `null` for any number. */
  readonly left: number | null;
}

/** The mocks of a simulator. They are in memory only, as everything that is simulated. */
export class Mocks {
  readonly #mocks = new Map<string, Mock>();
  #last = 0;
  readonly #listeners: (() => void)[] = [];

  /** Adds one. Throws `refused_value` for a value that is none. Of several that are about a command the narrowest, then the latest, counts. */
  add(wanted: {
    readonly name: string;
    readonly scope: Partial<HostScope>;
    readonly value: string;
    readonly count: number | null;
  }): Mock {
    this.#last += 1;
    const mock = {
      id: String(this.#last),
      name: wanted.name,
      scope: wanted.scope,
      value: parseMockValue(wanted.value),
      left: wanted.count,
    };
    this.#mocks.set(mock.id, mock);
    this.#changed();
    return mock;
  }

  get(id: string): Mock | undefined {
    return this.#mocks.get(id);
  }

  /** Whether there was one. */
  remove(id: string): boolean {
    const removed = this.#mocks.delete(id);
    if (removed) this.#changed();
    return removed;
  }

  /** What becomes of a command now; counts as one use. */
  take(command: SimulatedCommand, subject: string, at: HostScope): MockValue | null {
    const mock = this.#find(
      ({ name, value }) => concerns(name, command) && (value.id === null || value.id === subject),
      at,
    );
    if (mock === null) return null;
    if (mock.left !== null) this.#mocks.set(mock.id, { ...mock, left: mock.left - 1 });
    return mock.value;
  }

  /** A standing state of hosts or routers that a mock of this name makes. */
  standing(name: string, subject: string | null, at: HostScope): MockValue | null {
    const mock = this.#find(
      one => one.name === name && (one.value.id === null || one.value.id === subject),
      at,
    );
    return mock?.value ?? null;
  }

  /** Listens to mocks that come and go. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  #find(suits: (mock: Mock) => boolean, at: HostScope): Mock | null {
    let found: Mock | null = null;
    for (const mock of this.#mocks.values())
      if (
        mock.left !== 0 &&
        suits(mock) &&
        covers(mock.scope, at) &&
        (found === null || width(mock.scope) >= width(found.scope))
      )
        found = mock;
    return found;
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

function concerns(name: string, command: SimulatedCommand): boolean {
  const of = mockNames.get(name);
  return of === 'all' || of?.has(command) === true;
}

function covers(scope: Partial<HostScope>, at: HostScope): boolean {
  return (
    (scope.zoneId === undefined || scope.zoneId === at.zoneId) &&
    (scope.podId === undefined || scope.podId === at.podId) &&
    (scope.clusterId === undefined || scope.clusterId === at.clusterId) &&
    (scope.hostId === undefined || scope.hostId === at.hostId)
  );
}

/** How narrow a scope is: a host's is narrower than a cluster's. */
function width({ zoneId, podId, clusterId, hostId }: Partial<HostScope>): number {
  if (hostId !== undefined) return 4;
  if (clusterId !== undefined) return 3;
  if (podId !== undefined) return 2;
  return zoneId === undefined ? 0 : 1;
}
