import type { EventRule } from '../event-rule.ts';

/** Clients and servers that speak different protocols to each other, as the server's side tells it. */
export const PROTOCOL: readonly EventRule[] = [
  // plain HTTP at a TLS port (Go, NGINX, Elasticsearch, Netty, OpenSSL, Kestrel)
  {
    event: 'tls-client-sent-http',
    needles: [
      'client sent an http request to an https server',
      'plain http request was sent to https port',
      'plain http request to https port',
      'received plaintext http traffic on an https channel',
      'cannot determine the frame size or a corrupted frame was received',
    ],
  },
  {
    event: 'tls-client-sent-http',
    needles: ['first record does not look like a tls handshake'],
    pattern: /(?:TLS|security) handshake (?:error )?from \S{1,64}: tls: first record/,
  },
  {
    event: 'tls-client-sent-http',
    needles: ['not an ssl/tls record: '],
    pattern: /record: (?:474554|504f5354|505554|48454144|4f5054|44454c|504154|50524920)/i,
  },
  { event: 'tls-client-sent-http', needles: ['ssl routines:'], pattern: /SSL routines:[^\n]{0,80}http request\b/ },
  // a TLS hello at a plain port: record type 22, version 3.x, however a runtime prints those bytes
  {
    event: 'http-client-sent-tls',
    needles: ['\\x16\\x03', '0x160x03', '\\u0016\\u0003', '[0x160x3', '\\026\\003', 'received bytes: 1603'],
  },
  // HTTP/1 at an HTTP/2 or gRPC port and the reverse
  {
    event: 'protocol-mismatch',
    needles: [
      'received bogus greeting from client',
      'error reading preface from client',
      'client preface string missing or corrupt',
      'http/1.x request was sent to an http/2 only endpoint',
      'pri * http/2.0',
      'invalid http version: (2, 0)',
      'invalid character found in the http protocol',
      'invalid http request received',
      'invalid length of startup packet',
      'possible security attack detected',
      'sent an http request over a native',
      // HTTP at a uwsgi socket: the first four bytes of a request read as its packet header (uWSGI core/protocol.c)
      'invalid request block size',
    ],
  },
];
