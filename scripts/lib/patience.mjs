import { vi } from 'vitest';

/** Milliseconds. Vitest's own second is too short for a busy machine. */
const patience = 30_000;

const { waitFor } = vi;

vi.waitFor = (condition, options = { timeout: patience }) => waitFor(condition, options);
