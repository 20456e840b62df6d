import { canonicalString } from './signature.ts';

/** HMAC of a text with a key; the result in base64. Injected, so that this package stays free of platform code. */
export type Hmac = (key: string, text: string) => string | Promise<string>;

export interface Credentials {
  readonly apiKey: string;
  readonly secretKey: string;
}

/** The parameters with API key and signature, as a query or form body. */
export async function signParams(
  params: Readonly<Record<string, string>>,
  credentials: Credentials,
  hmac: Hmac,
): Promise<URLSearchParams> {
  const pairs = Object.entries({ ...params, apiKey: credentials.apiKey });
  const signature = await hmac(credentials.secretKey, canonicalString(pairs));
  return new URLSearchParams([...pairs, ['signature', signature]]);
}

/** A URL that makes the call when fetched. `url` is the endpoint, for example `http://127.0.0.1:8080/client/api`. */
export async function signedUrl(
  url: string,
  params: Readonly<Record<string, string>>,
  signing: { readonly credentials: Credentials; readonly hmac: Hmac },
): Promise<string> {
  const query = await signParams(params, signing.credentials, signing.hmac);
  return `${url}?${query.toString()}`;
}
