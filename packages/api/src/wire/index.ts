export {
  type Answer,
  acceptedAnswer,
  jobResultTree,
  responseName,
  resultAnswer,
} from './answer.ts';
export { formatDate, parseDate } from './dates.ts';
export { decodeParams } from './decode-params.ts';
export { encodeJson, jsonContentType } from './encode-json.ts';
export { encodeParams } from './encode-params.ts';
export { encodeXml, xmlContentType } from './encode-xml.ts';
export { errorAnswer, jobErrorTree } from './error-body.ts';
export type { JsonObject, JsonTree } from './json-tree.ts';
export { listPieces } from './list-pieces.ts';
export { type RawPairs, type RawParams, readRawParams } from './raw-params.ts';
export { canonicalString, canonicalStrings } from './signature.ts';
export { type Credentials, type Hmac, signedUrl, signParams } from './signed-url.ts';
