import type { CauseId } from '../checks/causes.ts';
import type { DiagnosisDocument, DiffDocument, ScanDocument, TraceDocument } from './diagnosis.ts';
import { escapeInQuotes } from './sanitize.ts';

export type OutputId = 'text' | 'json' | 'yaml' | 'markdown' | 'html' | 'sarif' | 'junit' | 'github';

export interface RenderOptions {
  readonly color: boolean;
  /** Columns a line may take, at least 40. */
  readonly width: number;
  /** Only ASCII characters, for terminals without UTF-8. */
  readonly ascii: boolean;
  /** The five steps of the investigation instead of the causes. */
  readonly checklist: boolean;
  /** The answer's first lines only. */
  readonly brief: boolean;
  /** How the program was called: `hopwise` or `kubectl hopwise`. */
  readonly program: string;
  readonly version: string;
  /** The page of a cause (Markdown), for formats that carry help along; undefined when there is none. */
  readonly explain: (id: CauseId) => string | undefined;
  /** Writes a value as YAML that holds no control or invisible characters. */
  readonly dumpYaml: (value: unknown) => string;
}

export const PLAIN: RenderOptions = {
  color: false,
  width: 80,
  ascii: false,
  checklist: false,
  brief: false,
  program: 'hopwise',
  version: '0.0.0',
  explain: () => undefined,
  // JSON is YAML; drivers hand in a writer that people like to read.
  dumpYaml: (value) => `${escapeInQuotes(JSON.stringify(value, undefined, 2), 'surrogates')}\n`,
};

/** One output format: a pure function from document to text for each kind of document that it can show. */
export interface Renderer {
  readonly id: OutputId;
  readonly mediaType: string;
  readonly diagnosis?: (document: DiagnosisDocument, options: RenderOptions) => string;
  readonly trace?: (document: TraceDocument, options: RenderOptions) => string;
  readonly scan?: (document: ScanDocument, options: RenderOptions) => string;
  readonly diff?: (document: DiffDocument, options: RenderOptions) => string;
}

/** Everything that can be rendered. */
export type ReportDocument = DiagnosisDocument | TraceDocument | ScanDocument | DiffDocument;
