import { type AgentEvent } from '../host-agent.ts';

/** Events kept for a server that is away. It compares everything when it is back: older ones may be lost. */
const longest = 1000;

export class EventQueue {
  #events: AgentEvent[] = [];

  push(event: AgentEvent): void {
    // Only the newest load means anything, and the next one comes soon.
    if (event.kind === 'load') return;
    this.#events.push(event);
    if (this.#events.length > longest) this.#events.shift();
  }

  /** Gives what is kept, oldest first, and keeps it no longer. */
  take(): readonly AgentEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }
}
