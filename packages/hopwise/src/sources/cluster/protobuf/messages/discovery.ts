import { boolean, int32, kept, message, nested, repeated, word } from '../message.ts';
import { OBJECT_REFERENCE } from './core.ts';
import { OBJECT_META } from './meta.ts';

// k8s.io/api/discovery/v1/generated.proto, as far as model/project/service.ts reads it.

const ENDPOINT_CONDITIONS = message({
  1: kept(boolean('ready')),
  2: kept(boolean('serving')),
  3: kept(boolean('terminating')),
});

const ENDPOINT = message({
  1: repeated(word('addresses')),
  2: nested('conditions', ENDPOINT_CONDITIONS),
  3: kept(word('hostname')),
  4: nested('targetRef', OBJECT_REFERENCE),
  6: kept(word('nodeName')),
  7: kept(word('zone')),
});

const ENDPOINT_PORT = message({
  1: kept(word('name')),
  2: kept(word('protocol')),
  3: kept(int32('port')),
  4: kept(word('appProtocol')),
});

export const ENDPOINT_SLICE = message({
  1: nested('metadata', OBJECT_META),
  4: kept(word('addressType')),
  2: repeated(nested('endpoints', ENDPOINT)),
  3: repeated(nested('ports', ENDPOINT_PORT)),
});
