import { FACE_MARKS, type Face } from '../../answer.ts';
import { MARK_SIGNS, type RailMark } from '../../hop-rail.ts';

/** Colours and signs of the terminal report. Colour only repeats what a sign or word says already. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly mark: (mark: RailMark, text?: string) => string;
  readonly face: (face: Face) => string;
  readonly glyphs: Glyphs;
}

export interface Glyphs {
  readonly marks: Readonly<Record<RailMark, string>>;
  readonly line: string;
  readonly cut: string;
  readonly arrow: string;
  readonly dot: string;
  readonly ellipsis: string;
}

const UNICODE: Glyphs = {
  marks: MARK_SIGNS,
  line: '─',
  cut: '╳',
  arrow: '→',
  dot: '·',
  ellipsis: '…',
};
const ASCII: Glyphs = {
  marks: { ok: '+', broken: 'x', suspect: '!', unknown: '?', unreached: '.' },
  line: '-',
  cut: 'X',
  arrow: '->',
  dot: '-',
  ellipsis: '...',
};

const CODES: Readonly<Record<RailMark, string>> = {
  ok: '32',
  broken: '31',
  suspect: '33',
  unknown: '33',
  unreached: '2',
};

export function createPaint(color: boolean, ascii: boolean): Paint {
  const glyphs = ascii ? ASCII : UNICODE;
  const paint = (code: string, text: string): string => (color && text !== '' ? `\x1b[${code}m${text}\x1b[0m` : text);
  const mark: Paint['mark'] = (kind, text = glyphs.marks[kind]) => paint(CODES[kind], text);
  return {
    bold: (text) => paint('1', text),
    dim: (text) => paint('2', text),
    mark,
    face: (face) => paint(`1;${CODES[FACE_MARKS[face]]}`, glyphs.marks[FACE_MARKS[face]]),
    glyphs,
  };
}
