import type { Place } from './place.ts';
import type { Launcher, Running } from './program.ts';

/** What runs routers and guests, and where: the tests are the same for each. */
export type Body =
  /** Containers on this machine. */
  | 'lxc'
  /** Containers on an emulated host with Debian's kernel. */
  | 'host'
  /** Virtual machines on this machine, emulated. */
  | 'kvm';

/** The body of this run of the tests: `ISOLA_BODY`, containers on this machine unless it is set. */
export function bodyOfRun(): Body {
  const name = process.env['ISOLA_BODY'] ?? 'lxc';
  if (name !== 'lxc' && name !== 'host' && name !== 'kvm')
    throw new Error(`ISOLA_BODY is not ${name}`);
  return name;
}

/** How fast packets are handled where a test runs. */
export interface Pace {
  /** Datagrams a second of a stream, of which a test has six at a time. */
  readonly packetsPerSecond: number;
  /** A connection on which nothing comes for so many milliseconds is cut; one that lives never waits as long. */
  readonly cutMs: number;
  /** Longest time in which a router finds and repairs what differs, in ms. */
  readonly repairMs: number;
}

/** Nothing between two programs but the kernel. */
export const nativePace: Pace = { packetsPerSecond: 1000, cutMs: 300, repairMs: 60_000 };

/** Each packet passes an emulated machine, on few processors. */
export const emulatedPace: Pace = { packetsPerSecond: 100, cutMs: 3000, repairMs: 180_000 };

/** The machine that an installation is on. */
export interface Site {
  /** Its network, from where its operator calls. */
  readonly host: Place;
  readonly launcher: Launcher;
  /** The command line of Isola there. */
  readonly cli: readonly string[];
  readonly home: string;
  /** Folder of the images there. */
  readonly images: string;
  /** Name of the template that instances are made of. */
  readonly guestTemplate: string;
  /** Further lines of `isola.toml`, before its tables. */
  readonly settings: readonly string[];
  /** Namespace of this machine that the interface to the internet is made in. */
  readonly internetNamespace: string;
  /** The interface of the site that leads there. */
  readonly uplink: string;
  readonly apiAddress: string;
  readonly pace: Pace;
  /** Longest time that a start may take here, in ms. */
  readonly patience: number;
  /** Longest time that `isola up` may take, in ms. */
  readonly upTimeout: number;
  /** Joins the interface `uplink0` of the namespace with the site's own. */
  joinInternet(): Promise<void>;
  /** Brings the API to a Unix socket of this machine. */
  proxy(socketPath: string): Promise<Running>;
  read(path: string): Promise<string>;
  write(path: string, content: string): Promise<void>;
  /** The network of a router or guest, by internal name. */
  network(name: string): Promise<Place>;
  /** Its files and programs. */
  inside(name: string): Promise<Place>;
  /** Ends it without a word, as a fault would. */
  kill(name: string): Promise<void>;
  /** Name of the host's end of a router's control cable. */
  controlCable(router: Place): Promise<string>;
  /** Called before its installation is purged. */
  leave(): Promise<void>;
  remove(): Promise<void>;
}
