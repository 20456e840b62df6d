import { setTimeout as delay } from 'node:timers/promises';
import { LibvirtUnreachableError, VirshError, VirshSession } from './virsh-session.ts';

/** How long a command waits for a daemon that restarts, unless told. */
const usualPatienceMs = 10_000;
const pauseMs = 100;
/** Sessions kept open when nothing needs them; more come and go with the need. */
const kept = 2;

/** libvirt's daemon, by its own command line. */
export interface Virsh {
  /** Runs a command; gives what it printed. Throws `VirshError` when libvirt refuses it. */
  run(words: readonly string[]): Promise<string>;
  close(): void;
}

/**
 * Opens the daemon at the URI. A command that finds no daemon is tried again for a while; one whose daemon went away
 * while it ran fails, since it may have had its effect.
 */
export function openVirsh(
  uri: string,
  { patienceMs = usualPatienceMs }: { readonly patienceMs?: number } = {},
): Virsh {
  const idle: VirshSession[] = [];
  let closed = false;

  const take = (): VirshSession => {
    for (let session = idle.pop(); session !== undefined; session = idle.pop())
      if (session.usable) return session;
    return new VirshSession(uri);
  };
  const giveBack = (session: VirshSession): void => {
    if (session.usable && idle.length < kept && !closed) idle.push(session);
    else session.close();
  };
  /** A session whose connection is known to be up. */
  const connected = async (): Promise<VirshSession> => {
    const deadline = Date.now() + patienceMs;
    for (;;) {
      const session = take();
      try {
        await session.run(['list', '--uuid']);
        return session;
      } catch (error) {
        session.close();
        if (!(error instanceof LibvirtUnreachableError) || closed || Date.now() > deadline)
          throw error;
        await delay(pauseMs);
      }
    }
  };
  return {
    run: async words => {
      const session = await connected();
      try {
        return await session.run(words);
      } finally {
        giveBack(session);
      }
    },
    close: () => {
      closed = true;
      for (const session of idle.splice(0)) session.close();
    },
  };
}

/** Whether libvirt does not know the domain. */
export function isUnknownDomain(error: unknown): boolean {
  return error instanceof VirshError && /failed to get domain|Domain not found/.test(error.message);
}
