export { type ParsedLogs, parseLogs } from './parse-logs.ts';
export { parseResponse } from './response/parse-response.ts';
