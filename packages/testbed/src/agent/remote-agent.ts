import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { AgentEvent, HostAgent } from '@isola/agent-protocol';
import { until } from '../world/exec.ts';
import { type SeenFolder, seeing } from '../world/folders.ts';
import type { DriverMessage, DriverMethod, DriverOptions } from './messages.ts';

const driver = fileURLToPath(new URL('../../dist/agent/driver.js', import.meta.url));

type Commands = Omit<HostAgent, 'onEvent'>;

export interface AgentPlace {
  readonly namespace: string;
  readonly options: DriverOptions;
  /** What it sees elsewhere than it is. */
  readonly folders?: readonly SeenFolder[];
}

/** An agent in another network namespace, in a process of its own that can be killed. */
export class RemoteAgent {
  readonly events: { readonly event: AgentEvent; readonly at: number }[] = [];
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (message: DriverMessage) => void>();
  #lastId = 0;

  private constructor({ namespace, options, folders = [] }: AgentPlace) {
    const program = [process.execPath, driver, JSON.stringify(options)];
    const command = ['netns', 'exec', namespace, ...seeing(folders, program)];
    this.#child = spawn('ip', command, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child.setMaxListeners(0);
    if (this.#child.stdout !== null)
      createInterface({ input: this.#child.stdout }).on('line', line =>
        this.#take(JSON.parse(line) as DriverMessage),
      );
  }

  /** Starts an agent that takes over what its home has. `prepare` also makes the host ready. */
  static async start(place: AgentPlace, prepare = false): Promise<RemoteAgent> {
    const remote = new RemoteAgent(place);
    if (prepare) await remote.#request('prepare', []);
    await remote.#request('open', []);
    return remote;
  }

  /** Only makes the host ready. */
  static async prepare(place: AgentPlace): Promise<void> {
    const remote = new RemoteAgent(place);
    try {
      await remote.#request('prepare', []);
    } finally {
      await remote.kill();
    }
  }

  /** Runs one of the agent's commands. */
  async call<M extends keyof Commands>(
    method: M,
    ...args: Parameters<Commands[M]>
  ): Promise<Awaited<ReturnType<Commands[M]>>> {
    return (await this.#request(method, args)) as Awaited<ReturnType<Commands[M]>>;
  }

  /** Removes everything of the installation from its host. */
  async teardown(): Promise<void> {
    await this.#request('teardown', []);
  }

  /** Waits for an event that came or will come. */
  event(what: string, matches: (event: AgentEvent) => boolean): Promise<AgentEvent> {
    return until(what, () =>
      Promise.resolve(this.events.find(({ event }) => matches(event))?.event),
    );
  }

  /** Closes the agent; nothing on the host stops. */
  async close(): Promise<void> {
    await this.call('close');
    await this.kill();
  }

  /** Ends its process without a word. */
  async kill(): Promise<void> {
    if (this.#ended) return;
    const gone = new Promise(resolve => this.#child.once('exit', resolve));
    this.#child.kill('SIGKILL');
    await gone;
  }

  get #ended(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  #take(message: DriverMessage): void {
    if ('event' in message) this.events.push(message);
    else {
      this.#waiting.get(message.id)?.(message);
      this.#waiting.delete(message.id);
    }
  }

  #request(method: DriverMethod, args: readonly unknown[]): Promise<unknown> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      if (this.#ended) throw new Error('the agent ended');
      this.#child.once('exit', () => reject(new Error('the agent ended')));
      this.#waiting.set(id, message => {
        if ('error' in message)
          reject(new Error(`${message.error.code}: ${message.error.message}`));
        else if ('result' in message) resolve(message.result);
      });
      this.#child.stdin?.write(`${JSON.stringify({ id, method, args })}\n`);
    });
  }
}
