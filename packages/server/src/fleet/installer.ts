/** A machine that is to become a host, and who may log in there. */
export interface InstallTarget {
  readonly address: string;
  /** Of ssh. */
  readonly port: number;
  /** Must be root, or be allowed `sudo` without a password. */
  readonly username: string;
  /** `null`: with the installation's own key. */
  readonly password: string | null;
}

/** What the new agent is told. */
export interface InstallOrder {
  /** Where the agent dials: `https://192.0.2.1:8250`. */
  readonly serverUrl: string;
  /** Join token; a secret. */
  readonly token: string;
  readonly hypervisor: 'KVM' | 'LXC';
  /** Interface or bridge that carries the guests' segments; `null` for the host's own choice. */
  readonly guestInterface: string | null;
  readonly publicInterface: string | null;
}

/** Puts an agent on another machine over ssh. The server spawns nothing and opens no ssh: who starts it gives one. */
export interface HostInstaller {
  /**
   * Installs the agent and has it join; resolves when its certificate is there, which can take minutes. Repeated, it
   * goes on where it was. Throws `resource_unavailable` that says what failed: not reachable, refused, apt's first error.
   */
  install(
    target: InstallTarget,
    order: InstallOrder,
    progress: (line: string) => void,
  ): Promise<void>;
}
