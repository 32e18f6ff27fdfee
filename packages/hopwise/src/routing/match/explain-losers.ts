// Placeholder by the lead so that the trace compiles; the owner of routing/match replaces this file.
import type { ObjectId } from '../../base/object-id.ts';
import type { Request } from '../request.ts';
import type { Rule } from '../route-table.ts';
import type { CompiledGateway, MatchResult } from './compile-gateway.ts';

export interface LosingRule {
  readonly object: ObjectId;
  readonly field: string;
  readonly why: string;
  readonly rule?: Rule;
}
export function explainLosers(
  _compiled: CompiledGateway,
  _request: Request,
  _winner: MatchResult,
): readonly LosingRule[] {
  return [];
}
