/** The part of `fetch` that the client needs. */
export type FetchLike = (
  url: string,
  init: {
    readonly method: 'POST';
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  },
) => Promise<{ readonly ok: boolean; readonly status: number; text(): Promise<string> }>;

/** A call that the server refused, or a job that failed. */
export class ApiError extends Error {
  /** CloudStack's `errorcode`; the HTTP status when the answer had none. */
  readonly errorcode: number;
  /** CloudStack's `cserrorcode`, where there is one. */
  readonly cserrorcode: number | undefined;

  constructor(message: string, errorcode: number, cserrorcode?: number) {
    super(message);
    this.name = 'ApiError';
    this.errorcode = errorcode;
    this.cserrorcode = cserrorcode;
  }

  /** Reads `errorcode`, `cserrorcode` and `errortext` of an answer or a `jobresult`. */
  static fromBody(body: object, status = 530): ApiError {
    const { errortext, errorcode, cserrorcode }: Record<string, unknown> = { ...body };
    return new ApiError(
      typeof errortext === 'string' ? errortext : `HTTP status ${status}`,
      typeof errorcode === 'number' ? errorcode : status,
      typeof cserrorcode === 'number' ? cserrorcode : undefined,
    );
  }
}

/** Posts a form and gives what is in the envelope. Throws `ApiError` for a refusal, `TypeError` for no envelope. */
export async function fetchAnswer(
  fetch: FetchLike,
  url: string,
  form: URLSearchParams,
): Promise<object> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
  });
  const body = openEnvelope(await response.text());
  if (!response.ok) throw ApiError.fromBody(body ?? {}, response.status);
  if (body === undefined) throw new TypeError(`Answer of ${url} has no envelope`);
  return body;
}

function openEnvelope(text: string): object | undefined {
  const answer = parseObject(text);
  const [body, ...more] = answer === undefined ? [] : Object.values(answer);
  return more.length === 0 && typeof body === 'object' && body !== null ? body : undefined;
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
