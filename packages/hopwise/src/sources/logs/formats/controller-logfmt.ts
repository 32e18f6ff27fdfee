import { compact } from '../compact.ts';
import { controllerSaid } from '../controller-phrases.ts';
import type { DraftOf, LogFormat } from '../format.ts';
import { quoteOf } from '../quote.ts';
import { readTimeField } from '../timestamp.ts';

/**
 * logrus and slog lines of controllers (Contour's `context=`, Cilium's `subsys=`, F5's and others' `kind=… name=…`); a line
 * without such a field is an application's.
 */
const MARK = /\b(?:context|subsys|controller|controllerKind|kind|resource|ingress|gateway|httproute)=\S/;

export const controllerLogfmt: LogFormat = {
  id: 'controller-logfmt',
  sniff: ({ text }) => text.includes('level=') && text.includes('msg=') && MARK.test(text),
  parse({ logfmt }) {
    const message = logfmt.get('msg');
    if (message === undefined) return undefined;
    const error = logfmt.get('error') ?? logfmt.get('err');
    const whole = error === undefined ? message : `${message}: ${error}`;
    const said = controllerSaid(whole);
    // Not a controller's matter: the application's rules have their turn.
    if (said === undefined) return undefined;
    return [
      compact<DraftOf<'controller'>>({
        type: 'controller',
        event: said.event,
        subject: said.subject ?? named(logfmt),
        message: quoteOf(whole),
        time: readTimeField(logfmt.get('time') ?? logfmt.get('ts')),
      }),
    ];
  },
};

function named(fields: ReadonlyMap<string, string>): string | undefined {
  const name = fields.get('name');
  const namespace = fields.get('namespace');
  return name === undefined || namespace === undefined ? undefined : `${namespace}/${name}`;
}
