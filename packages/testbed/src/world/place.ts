import { fileURLToPath } from 'node:url';
import { captured } from './capture.ts';
import {
  type Launcher,
  localLauncher,
  type Outcome,
  outcome,
  type Running,
  ready,
  success,
} from './program.ts';

/** The built probe: it runs inside namespaces, where nothing compiles TypeScript. */
const probe = fileURLToPath(new URL('../../dist/probe/main.js', import.meta.url));

export interface ProbeAnswer {
  readonly ok: boolean;
  readonly peer?: string;
  readonly reason?: string;
}

/** Somewhere a test sends packets from: a network namespace, or a guest's. */
export interface Place {
  readonly name: string;
  run(argv: readonly string[], timeout?: number): Promise<string>;
  tryRun(argv: readonly string[], timeout?: number): Promise<Outcome>;
  /** Whether a TCP connection to `host:port` is served, and which address the server saw. */
  tcp(host: string, port: number, timeout?: number): Promise<ProbeAnswer>;
  udp(host: string, port: number, timeout?: number): Promise<ProbeAnswer>;
  ping(host: string): Promise<boolean>;
  /** Packets that arrive on eth0 and match a tcpdump filter while `action` runs. */
  captured(filter: string, action: () => Promise<unknown>): Promise<string[]>;
  /** Sends one datagram from a source port of one's choice, to a broadcast address too. */
  send(host: string, port: number, sourcePort: number): Promise<void>;
  /** Starts a probe that goes on until its `end()`. */
  serve(mode: 'tcp-server' | 'udp-server', port: number, host?: string): Promise<Running>;
  web(port: number, text: string): Promise<Running>;
  holdTcp(host: string, port: number): Promise<Running>;
  streamUdp(host: string, port: number, rate: number): Promise<Running>;
}

/** A place where `launcher` starts programs. */
export function placeOf(name: string, launcher: Launcher): Place {
  const once = async (args: readonly string[]): Promise<ProbeAnswer> =>
    JSON.parse(await success(args, launcher.probe(args))) as ProbeAnswer;
  const lasting = (args: readonly string[]): Promise<Running> =>
    ready(`probe ${args.join(' ')} in ${name}`, launcher.probe(args));
  const tryRun: Place['tryRun'] = (argv, timeout) => outcome(launcher.program(argv), timeout);
  return {
    name,
    run: (argv, timeout) => success(argv, launcher.program(argv), timeout),
    tryRun,
    tcp: (host, port, timeout = 1500) => once(['tcp', host, String(port), String(timeout)]),
    udp: (host, port, timeout = 1500) => once(['udp', host, String(port), String(timeout)]),
    ping: async host => (await tryRun(['ping', '-c', '1', '-W', '1', host])).code === 0,
    captured: (filter, action) => captured(launcher, { device: 'eth0', filter }, action),
    send: async (host, port, sourcePort) => {
      const args = ['send', host, String(port), String(sourcePort)];
      await success(args, launcher.probe(args));
    },
    serve: (mode, port, host = '0.0.0.0') => lasting([mode, host, String(port)]),
    web: (port, text) => lasting(['web-server', '0.0.0.0', String(port), text]),
    holdTcp: (host, port) => lasting(['hold-tcp', host, String(port)]),
    streamUdp: (host, port, rate) => lasting(['stream-udp', host, String(port), String(rate)]),
  };
}

/** A place whose programs run behind `prefix`, for example `ip netns exec NAME`. */
export function placeAt(name: string, prefix: readonly string[]): Place {
  return placeOf(name, localLauncher(prefix, probe));
}

/** Starts programs in a named network namespace. */
export function launcherIn(namespace: string): Launcher {
  return localLauncher(['ip', 'netns', 'exec', namespace], probe);
}

/** A place in a named network namespace. */
export function inNamespace(namespace: string): Place {
  return placeOf(namespace, launcherIn(namespace));
}

/** Argument array of a proxy from a Unix socket to the API at an address that the namespace reaches. */
export function proxyIn(namespace: string, address: string, socketPath: string): string[] {
  const inside = ['ip', 'netns', 'exec', namespace];
  return [...inside, process.execPath, probe, 'proxy', address, '8080', socketPath];
}
