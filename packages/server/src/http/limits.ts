/** Bounds of what one caller may ask of the HTTP layer. Times in milliseconds, sizes in bytes. */
export const httpLimits = {
  bodyBytes: 256 * 1024,
  /** Query and headers: user data and long CIDR lists arrive in signed URLs. */
  headerBytes: 128 * 1024,
  /** For a whole request to arrive. */
  requestTimeout: 60_000,
  keepAliveTimeout: 65_000,
  /** How long the answer of an `awaited` command may wait for its intent to be applied. */
  awaitTimeout: 600_000,
  /** Callers kept by API key, and for how long: another server's change is seen after this time. */
  cachedCallers: 2_000,
  callerTtl: 2_000,
  /** A session's row notes its last use at most this often. */
  sessionTouch: 30_000,
  /** Failed logins of one user from one address, and of one address, within the window; further ones are refused unread. */
  loginFailuresPerUser: 10,
  loginFailuresPerAddress: 100,
  loginWindow: 300_000,
  /** Whole lists that are sent at once, each with a connection of its own to the database, and how long one may take its receiver. */
  wholeLists: 2,
  wholeListTime: 300_000,
  /** Changes that are written at once; the others wait for their turn without a connection. */
  transactions: 4,
  /** Attempts of a transaction that lost against another (deadlock, serialization). */
  transactionAttempts: 5,
} as const;
