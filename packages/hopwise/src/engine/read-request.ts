import { parseRequest } from '../routing/parse-request.ts';
import type { Request } from '../routing/request.ts';
import { RequestError, type RequestInput } from './contract.ts';

/** The request a user means. Throws RequestError for what cannot be one. */
export function readRequest(input: RequestInput): Request {
  const parsed = parseRequest(input);
  if (!parsed.ok) throw new RequestError(parsed.why, parsed.hint);
  return parsed.request;
}
