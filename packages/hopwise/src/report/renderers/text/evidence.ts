import type { Evidence } from '../../../model/evidence.ts';
import { formatPlace, labelOfEvidence, placeOf, quoteOf, sentenceOf } from '../../evidence-place.ts';
import type { Row } from './page.ts';

/** Evidence as rows. A file is named once, then only the lines in it, until another file is named. */
export function evidenceRows(evidence: readonly Evidence[], label?: string): Row[] {
  let lastFile: string | undefined;
  return evidence.map((each) => {
    const place = placeOf(each);
    const short = place !== undefined && place.file === lastFile && place.line !== undefined;
    if (place !== undefined) lastFile = place.file;
    return {
      label: label ?? labelOfEvidence(each),
      text: sentenceOf(each),
      quote: quoteOf(each),
      ...(place === undefined ? {} : { place: short ? `:${place.line}` : formatPlace(place) }),
    };
  });
}
